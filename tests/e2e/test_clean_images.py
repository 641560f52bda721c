"""`dk clean images` on a real engine: which images go, in which order, and the bytes of it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import docker as sdk
import pytest

from tests.clean_scene import YES, Scene, archive, by_status, content, kept, planned
from tests.conftest import RunDk, RunDocker

pytestmark = pytest.mark.engine

Image = str


@pytest.fixture
def scene(engine: sdk.APIClient, run_dk: RunDk, busybox: str) -> Iterator[Scene]:
    made = Scene(engine, run_dk)
    yield made
    made.clear()


def exact(document: Any) -> int:
    """The bytes that came free, which must be just those that were promised."""
    found = document["bytes"]
    assert (found["exact"], found["why"]) == (True, "")
    assert found["predicted"] == found["measured"]
    return int(found["predicted"])


def test_dangling_images_go_and_tagged_ones_stay_without_all(scene: Scene) -> None:
    dangling = scene.loaded("dangling", size=5_000)
    tagged = scene.loaded("tagged", tags=["scene/app:1"], size=7_000)
    done = scene.clean("images", *YES)
    assert done.code == 0, done.err
    assert scene.images() == {tagged}
    assert done.json["operations"][0]["target"]["id"] == dangling
    assert done.json["operations"][0]["cause"] == "dangling (no tag)"
    assert kept(done.json)["scene/app:1"] == "has a tag (-a takes it)"
    assert exact(done.json) == 5_000
    done = scene.clean("images", "-a", *YES)
    assert exact(done.json) == 7_000
    assert scene.images() == set()


def test_layers_that_are_shared_count_once_and_only_when_nobody_holds_them(scene: Scene) -> None:
    lower = [archive({"lower": content("lower", 40_000)})]
    scene.loaded("one", tags=["scene/one:1"], below=lower, size=1_000)
    scene.loaded("two", tags=["scene/two:1"], below=lower, size=2_000)
    scene.loaded("three", tags=["scene/three:1"], below=lower, size=3_000)
    done = scene.clean("images", "-a", "--keep", "scene/three", *YES)
    assert exact(done.json) == 3_000
    assert scene.tags() == {"scene/three:1"}
    scene.loaded("one", tags=["scene/one:1"], below=lower, size=1_000)
    done = scene.clean("images", "-a", *YES)
    assert exact(done.json) == 44_000
    assert sum(each["size"] for each in done.json["operations"]) == 44_000


def test_every_tag_of_an_image_goes_in_one_repository_and_in_two(
    scene: Scene, engine: sdk.APIClient
) -> None:
    several = scene.loaded("several", tags=["scene/app:1", "scene/app:latest"])
    everywhere = scene.loaded("everywhere", tags=["scene/web:1"])
    engine.tag(everywhere, "localhost:5000/scene/web", "stable")
    done = scene.clean("images", "-a", *YES)
    assert by_status(done.json)["failed"] == {}
    assert {each["target"]["id"] for each in done.json["operations"]} == {several, everywhere}
    assert (scene.tags(), scene.images()) == (set(), set())
    exact(done.json)


def test_untagged_parents_go_child_before_parent(scene: Scene) -> None:
    scene.image(
        *("COPY a /", "ENV STEP=1", "COPY b /"),
        tag="scene/built:1",
        files={"a": content("a", 10_000), "b": content("b", 20_000)},
    )
    assert len(scene.images()) == 4
    assert planned(scene.clean("images", "--dry-run", "--json").json) == []
    done = scene.clean("images", "-a", *YES)
    assert by_status(done.json)["failed"] == {}
    assert [each["cause"][:9] for each in done.json["operations"]] == [
        "no contai",
        *["a step of"] * 3,
    ]
    assert exact(done.json) == 30_000
    assert scene.images() == set()


def test_a_parent_of_an_image_that_stays_stays(scene: Scene) -> None:
    scene.layered("base", 10_000, tag="scene/base:1")
    scene.layered("app", 20_000, tag="scene/app:1", base="scene/base:1")
    scene.layered("old", 30_000, base="scene/base:1")
    before = scene.images()
    done = scene.clean("images", "-a", "--keep", "scene/app:*", *YES)
    assert exact(done.json) == 30_000
    assert kept(done.json)["scene/base:1"].startswith("base of an image that stays")
    assert scene.tags() == {"scene/base:1", "scene/app:1"}
    assert len(before - scene.images()) == 1


def test_the_base_of_an_image_that_was_made_elsewhere_stays_too(scene: Scene) -> None:
    base_layer = archive({"base": content("base", 10_000)})
    scene.loaded("base", tags=["scene/base:1"], size=10_000)
    scene.loaded("app", tags=["scene/app:1"], below=[base_layer], size=1_000)
    done = scene.clean("images", "-a", "--keep", "scene/app", *YES)
    assert planned(done.json) == []
    assert kept(done.json)["scene/base:1"] == "base of an image that stays scene/app:1"


def test_an_image_stays_while_any_container_has_it(scene: Scene, engine: sdk.APIClient) -> None:
    for name in ("runs", "stopped", "service"):
        engine.tag("busybox", f"scene/{name}", "1")
    for name in ("runs", "stopped", "service"):
        scene.image(f"ENV FOR={name}", tag=f"scene/{name}:1", base="busybox")
    scene.container("runs", "sleep", "600", image="scene/runs:1", start=True)
    scene.container("stopped", image="scene/stopped:1")
    scene.container("service", image="scene/service:1", restart_policy={"Name": "always"})
    done = scene.clean("images", "-a", *YES)
    assert planned(done.json) == []
    assert kept(done.json)["scene/stopped:1"] == "in use by scene-stopped"
    done = scene.clean("containers", "images", "--keep", "scene-service", "-a", *YES)
    assert scene.tags() == {"scene/runs:1", "scene/service:1"}
    assert planned(done.json)[:2] == ["scene-stopped", "scene/stopped:1"]


def test_an_image_that_lost_its_tag_to_another_stays_while_a_container_has_it(
    scene: Scene,
) -> None:
    scene.image("ENV A=1", tag="scene/app:1", base="busybox")
    scene.container("old", image="scene/app:1")
    scene.image("ENV A=2", tag="scene/app:1", base="busybox")
    before = scene.images()
    done = scene.clean("images", *YES)
    assert planned(done.json) == []
    assert scene.images() == before


def test_the_last_images_of_each_repository_stay(scene: Scene, engine: sdk.APIClient) -> None:
    for number in range(1, 5):
        scene.loaded(
            f"a{number}", created=f"202{number}-01-01T00:00:00Z", tags=[f"scene/a:{number}"]
        )
    newest = scene.loaded("b1", tags=["scene/b:1"])
    engine.tag("scene/a:4", "scene/a", "latest")
    engine.tag(newest, "scene/b", "latest")
    done = scene.clean("images", "-a", "--keep-last", "2", *YES)
    assert scene.tags() == {
        "scene/a:3",
        "scene/a:4",
        "scene/a:latest",
        "scene/b:1",
        "scene/b:latest",
    }
    assert kept(done.json)["scene/a:3"] == "of the last 2 (--keep-last)"


def test_age_counts_from_the_last_tag_and_no_date_is_no_age(
    scene: Scene, engine: sdk.APIClient
) -> None:
    old = scene.loaded("old")
    engine.tag(scene.loaded("tagged"), "scene/tagged", "1")
    undated = scene.loaded("undated", created="1970-01-01T00:00:00Z")
    scene.layered("new", 1_000)
    done = scene.clean("images", "-a", "--older-than", "7d", *YES)
    assert [each["target"]["id"] for each in done.json["operations"]] == [old]
    assert kept(done.json)["scene/tagged:1"] == "younger than 7d (--older-than)"
    assert kept(done.json)[undated[7:19]] == "of unknown age (--older-than)"


def test_what_dk_or_docker_ran_counts_as_used(
    scene: Scene, run_dk: RunDk, docker: RunDocker
) -> None:
    ran_by_dk, ran_by_docker, unused = (scene.loaded(name) for name in ("dk", "docker", "unused"))
    time.sleep(1.1)  # the engine dates its events in whole seconds
    loaded = datetime.now(UTC).isoformat()
    time.sleep(1)
    # Neither has a program: what counts is that somebody tried.
    run_dk("run", "--rm", ran_by_dk)
    docker("rm", docker("create", ran_by_docker).out.strip())
    done = scene.clean("images", "--unused-for", loaded, *YES)
    assert [each["target"]["id"] for each in done.json["operations"]] == [unused]
    assert ", no known use since 20" in done.json["operations"][0]["cause"]
    assert kept(done.json)[ran_by_docker[7:19]].startswith("used within 20")
    assert scene.images() == {ran_by_dk, ran_by_docker}


def test_undo_of_a_container_is_no_longer_promised_when_its_image_goes_too(scene: Scene) -> None:
    scene.image("ENV A=1", tag="scene/app:1", base="busybox")
    scene.container("of-app", image="scene/app:1")
    scene.container("of-busybox")
    done = scene.clean("containers", "images", "-a", "--dry-run", "--json")
    undo = {each["target"]["name"]: each["undo"] for each in done.json["operations"]}
    assert undo["scene-of-app"] == undo["scene/app:1"] == "no"
    assert undo["scene-of-busybox"] == "config only"


def test_an_image_that_is_the_base_of_a_dangling_one_goes_after_it(scene: Scene) -> None:
    scene.layered("base", 10_000, tag="scene/base:1")
    scene.layered("app", 20_000, tag="scene/app:1", base="scene/base:1")
    done = scene.clean("images", "-a", *YES)
    names = planned(done.json)
    assert names.index("scene/app:1") < names.index("scene/base:1")
    assert by_status(done.json)["failed"] == {}
    assert exact(done.json) == 30_000
    assert scene.images() == set()
