"""Which images go: those without a tag, with -a every one that no container needs."""

import pytest

from tests.unit.plans.clean.scene import (
    clean,
    container,
    image,
    kept,
    page,
    removed,
    running,
    shown,
    untagged,
    waits,
)


def test_images_without_a_tag_go_the_others_stay() -> None:
    assert shown(clean(untagged("c0ffee", made="3d"), image("app:1"))) == page("""
        images (1)
          NAME              AGE     SIZE   UNDO   WHY
          c0ffee000000   3 days   1.0 MB   no     dangling (no tag)
        keep 1 image: has a tag (-a takes it)
        to remove: 1 image; frees 1.0 MB exactly
        """)


def test_a_takes_every_image_without_a_container() -> None:
    plan = clean(
        image("app:1"), image("nginx:1", pulled_from="nginx"), image("web:1"),
        running("web", image="web:1"),
        kinds="images", everything=True,
    )  # fmt: skip
    assert shown(plan) == page("""
        images (2)
          NAME            AGE     SIZE   UNDO   WHY
          nginx:1   10 months   1.0 MB   full   no container uses it
          app:1     10 months   1.0 MB   no     no container uses it
        keep 1 image: in use
        to remove: 2 images; frees 2.0 MB exactly
        """)
    assert plan.question == "Remove 2? 1 can't be undone."


def test_an_image_that_was_pulled_has_its_repository_for_a_name() -> None:
    plan = clean(untagged("c0ffee", pulled_from="nginx"))
    assert removed(plan) == ["nginx@c0ffee000000"]
    assert plan.question == "Remove 1?"


@pytest.mark.parametrize("state", ["running", "paused", "created", "exited", "dead"])
def test_the_image_of_any_container_that_stays_stays(state: str) -> None:
    user = container("db", state=state, image="c0ffee", restart="always")
    plan = clean(user, untagged("c0ffee"))
    assert removed(plan) == []
    assert kept(plan)["c0ffee000000"] == "in use by db"


def test_containers_that_nobody_asked_to_clean_keep_their_image() -> None:
    plan = clean(
        container("job", exited="3d", image="app:1"), image("app:1"),
        kinds="images", everything=True,
    )  # fmt: skip
    assert kept(plan) == {"app:1": "in use by job"}


def test_the_name_that_a_container_was_made_from_stays_though_it_moved() -> None:
    made_before = container("web", state="running", image="app:1")
    moved = untagged("c0ffee", tags=("app:1",))
    assert kept(clean(made_before, moved, everything=True))["app:1"] == "in use by web"


def test_the_image_of_a_container_that_goes_goes_after_it() -> None:
    plan = clean(
        container("one", exited="3d", image="app:1"),
        container("two", exited="4d", image="app:1"),
        image("app:1"),
        everything=True,
    )
    assert removed(plan) == ["one", "two", "app:1"]
    assert waits(plan) == {"app:1": ["one", "two"]}


def test_what_was_tagged_just_now_stays_though_it_was_made_long_ago() -> None:
    assert kept(clean(image("app:1", tagged="1m"), everything=True)) == {
        "app:1": "younger than 10m (--grace)"
    }


@pytest.mark.parametrize("known_as", ["app:1", "sha256:c0ffee".ljust(71, "0")])
def test_what_was_run_just_now_stays(known_as: str) -> None:
    app = untagged("c0ffee", tags=("app:1",))
    plan = clean(app, everything=True, uses={known_as: "5m"})
    assert kept(plan) == {"app:1": "younger than 10m (--grace)"}


def test_the_steps_of_a_build_go_child_before_parent() -> None:
    plan = clean(untagged("a1"), untagged("b2", parent="a1"), untagged("c3", parent="b2"))
    assert shown(plan) == page("""
        images (3)
          NAME                 AGE     SIZE   UNDO   WHY
          c30000000000   10 months   1.0 MB   no     dangling (no tag)
          b20000000000   10 months   1.0 MB   no     a step of c30000000000
          a10000000000   10 months   1.0 MB   no     a step of b20000000000
        to remove: 3 images; frees 3.0 MB exactly
        """)
    assert waits(plan) == {
        "b20000000000": ["c30000000000"],
        "a10000000000": ["b20000000000"],
    }


def test_a_step_goes_with_the_last_image_made_from_it() -> None:
    both = untagged("a1"), untagged("b2", parent="a1"), untagged("c3", parent="a1")
    assert removed(clean(*both)) == ["c30000000000", "b20000000000", "a10000000000"]


def test_a_step_stays_with_any_image_made_from_it_and_is_not_mentioned() -> None:
    plan = clean(untagged("a1"), untagged("b2", parent="a1"), image("app:1", parent="a1"))
    assert removed(plan) == ["b20000000000"]
    assert kept(plan) == {"app:1": "has a tag (-a takes it)"}


def test_a_base_with_a_tag_stays_while_an_image_made_from_it_stays() -> None:
    base = untagged("ba5e", tags=("base:1",))
    app = image("app:1", parent="ba5e")
    plan = clean(running("web", image="app:1"), app, base, everything=True)
    assert kept(plan)["base:1"] == "base of an image that stays app:1"


def test_nothing_of_an_image_that_a_rule_keeps_goes() -> None:
    plan = clean(
        untagged("a1"),
        untagged("b2", parent="a1"),
        untagged("c3", parent="b2", labels={"dk.keep": "true"}),
    )
    assert shown(plan) == "keep 1 image: labelled dk.keep=true\nnothing to remove"


def test_an_image_goes_with_all_its_tags() -> None:
    (operation,) = clean(image("app:1", "app:latest", "team/app:1"), everything=True).operations
    assert [" ".join(map(str, command.argv)) for command in operation.docker()] == [
        "docker rmi --no-prune app:1",
        "docker rmi --no-prune app:latest",
        "docker rmi --no-prune team/app:1",
    ]
