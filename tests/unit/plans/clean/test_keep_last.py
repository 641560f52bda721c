"""--keep-last: the last images of each repository stay."""

from tests.unit.plans.clean.scene import clean, image, kept, page, removed, shown, untagged


def test_the_last_images_of_each_repository_stay() -> None:
    plan = clean(
        image("app:1", made="40d"), image("app:2", made="30d"), image("app:3", made="20d"),
        image("db:1", made="90d"), image("db:2", made="80d"),
        everything=True, keep_last=2,
    )  # fmt: skip
    assert shown(plan) == page("""
        images (1)
          NAME        AGE     SIZE   UNDO   WHY
          app:1   40 days   1.0 MB   no     no container uses it
        keep 4 images: of the last 2 (--keep-last)
        to remove: 1 image; frees 1.0 MB exactly
        """)


def test_the_later_of_made_and_tagged_counts() -> None:
    plan = clean(
        image("app:old", made="90d", tagged="1d"), image("app:new", made="30d"),
        everything=True, keep_last=1,
    )  # fmt: skip
    assert removed(plan) == ["app:new"]


def test_an_image_with_several_tags_counts_once() -> None:
    plan = clean(
        image("app:3", "app:latest", "app:main", made="20d"),
        image("app:2", made="30d"),
        image("app:1", made="40d"),
        everything=True, keep_last=2,
    )  # fmt: skip
    assert removed(plan) == ["app:1"]


def test_an_image_in_several_repositories_stays_if_one_of_them_keeps_it() -> None:
    plan = clean(
        image("app:2", made="20d"),
        image("app:1", "mirror/app:1", made="40d"),
        image("app:0", made="50d"),
        everything=True, keep_last=1,
    )  # fmt: skip
    assert removed(plan) == ["app:0"]


def test_a_port_is_part_of_the_repository() -> None:
    plan = clean(
        image("localhost:5000/app:1", made="40d"), image("localhost:5001/app:1", made="50d"),
        everything=True, keep_last=1,
    )  # fmt: skip
    assert removed(plan) == []


def test_images_of_unknown_age_stay_and_take_nobodys_place() -> None:
    plan = clean(
        image("app:epoch", made="1970"), image("app:unknown", made=""),
        image("app:2", made="20d"), image("app:1", made="40d"),
        everything=True, keep_last=1,
    )  # fmt: skip
    assert removed(plan) == ["app:1"]


def test_images_in_use_are_among_the_last() -> None:
    plan = clean(
        image("app:2", made="20d", labels={"dk.keep": "true"}), image("app:1", made="40d"),
        everything=True, keep_last=1,
    )  # fmt: skip
    assert removed(plan) == ["app:1"]


def test_an_image_that_lost_its_tag_to_a_newer_one_is_of_its_repository() -> None:
    plan = clean(
        image("app:1", made="20d", pulled_from="app"),
        untagged("c0ffee", made="40d", pulled_from="app"),
        untagged("bad", made="50d", pulled_from="app"),
        keep_last=2,
    )
    assert removed(plan) == ["app@bad000000000"]
    assert kept(plan)["app@c0ffee000000"] == "of the last 2 (--keep-last)"


def test_an_image_without_any_name_is_of_no_repository() -> None:
    assert removed(clean(untagged("c0ffee"), keep_last=5)) == ["c0ffee000000"]


def test_of_one_moment_the_first_in_the_engines_list_stays() -> None:
    plan = clean(image("app:b"), image("app:a"), everything=True, keep_last=1)
    assert removed(plan) == ["app:a"]
