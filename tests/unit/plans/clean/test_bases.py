"""Images whose layers are the lower ones of an image that stays: they would free nothing."""

from dk.plans.clean.bases import bases
from tests.unit.plans.clean.scene import (
    clean,
    image,
    kept,
    page,
    removed,
    running,
    shown,
    untagged,
)


def test_the_base_of_an_image_that_stays_stays() -> None:
    plan = clean(
        running("web", image="app:1"),
        image("app:1", layers="debian python app"),
        image("python:3", layers="debian python"),
        image("debian:12", layers="debian"),
        image("node:20", layers="debian node"),
        everything=True,
    )
    assert shown(plan) == page("""
        images (1)
          NAME            AGE     SIZE   UNDO   WHY
          node:20   10 months   1.0 MB   no     no container uses it
        keep 1 container: running
        keep 2 images: base of an image that stays
        keep 1 image: in use
        to remove: 1 image; frees 1.0 MB exactly
        """)
    assert kept(plan)["python:3"] == "base of an image that stays app:1"


def test_a_base_goes_with_the_last_image_on_it() -> None:
    plan = clean(
        image("app:1", layers="debian app"), image("debian:12", layers="debian"), everything=True
    )
    assert sorted(removed(plan)) == ["app:1", "debian:12"]


def test_the_steps_of_a_base_that_stays_stay_too() -> None:
    plan = clean(
        running("web", image="app:1"),
        image("app:1", layers="debian tools app"),
        untagged("a1", layers="debian"),
        image("tools:1", layers="debian tools", parent="a1"),
        everything=True,
    )
    assert removed(plan) == []


def test_an_older_build_without_a_tag_goes_though_the_newer_one_has_its_layers() -> None:
    plan = clean(image("app:1", layers="debian app more"), untagged("01d", layers="debian app"))
    assert removed(plan) == ["01d000000000"]


def test_layers_on_another_base_are_no_base() -> None:
    app = image("app:1", layers="debian tools app")
    others = [
        image("tools:1", layers="tools"),
        image("tools:2", layers="alpine tools"),
        image("app:2", layers="debian tools app more"),
    ]
    assert bases(others, [app]) == {}


def test_an_image_is_not_its_own_base() -> None:
    app = image("app:1", layers="debian app")
    assert bases([app], [app]) == {}


def test_an_image_without_layers_is_the_base_of_none() -> None:
    empty = image("empty:1")
    bare = type(empty)(id=empty.id, tags=empty.tags)
    assert bases([bare], [image("app:1", layers="debian app")]) == {}


def test_a_base_is_found_for_each_of_many_images() -> None:
    debian = image("debian:12", layers="debian")
    alpine = image("alpine:3", layers="alpine")
    apps = [image("one:1", layers="debian a"), image("two:1", layers="alpine b c")]
    assert bases([debian, alpine], apps) == {debian.id: "one:1", alpine.id: "two:1"}
