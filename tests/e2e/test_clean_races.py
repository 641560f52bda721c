"""What happens between the plan of `dk clean` and its removals, and beside other calls of it."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import docker as sdk
import pexpect
import pytest

from tests.clean_scene import YES, Scene
from tests.conftest import RunDk

pytestmark = pytest.mark.engine

Meanwhile = Callable[..., tuple[str, int | None]]


@pytest.fixture
def scene(engine: sdk.APIClient, run_dk: RunDk, busybox: str) -> Iterator[Scene]:
    made = Scene(engine, run_dk)
    yield made
    made.clear()


@pytest.fixture
def clean_while(scene: Scene, environ: dict[str, str]) -> Iterator[Meanwhile]:
    """Run dk in a terminal, do something while its question is open, say yes; what it then says."""
    children: list[pexpect.spawn[str]] = []

    def run(happens: Callable[[], object], *words: str) -> tuple[str, int | None]:
        child = pexpect.spawn(
            sys.executable,
            ["-m", "dk", "--no-color", *scene.line(*words)],
            env=environ,
            encoding="utf-8",
            timeout=20,
            dimensions=(60, 160),
        )
        children.append(child)
        child.expect_exact("[y/N] ")
        happens()
        child.sendline("y")
        child.expect(pexpect.EOF)
        child.close()
        return (child.before or "").replace("\r\n", "\n"), child.exitstatus

    yield run
    for child in children:
        child.close(force=True)


# since the plan


def test_a_container_that_was_started_since_survives(
    scene: Scene, engine: sdk.APIClient, clean_while: Meanwhile
) -> None:
    scene.container("sleeps", "sleep", "600")
    scene.ended("ran-again", "true")
    scene.ended("gone", "true")
    scene.ended("job", "true")

    def meanwhile() -> None:
        engine.start("scene-sleeps")
        engine.start("scene-ran-again")
        engine.wait("scene-ran-again")
        engine.remove_container("scene-gone")

    text, code = clean_while(meanwhile, "containers")
    assert code == 0
    assert "skipped container scene-sleeps: it is running by now\n" in text
    assert "skipped container scene-ran-again: it ran again meanwhile\n" in text
    assert "skipped container scene-gone: gone already\n" in text
    assert "removed 1 of 4, 3 skipped" in text
    assert scene.containers() == {"sleeps", "ran-again"}
    assert engine.inspect_container("scene-sleeps")["State"]["Running"]


def test_an_image_that_was_tagged_or_taken_into_use_since_survives(
    scene: Scene, engine: sdk.APIClient, clean_while: Meanwhile
) -> None:
    dangling = scene.loaded("dangling")
    scene.loaded("moved", tags=["scene/moved:1"])
    scene.loaded("used", tags=["scene/used:1", "scene/used:latest"])
    scene.loaded("more", tags=["scene/more:1"])
    scene.loaded("job", tags=["scene/job:1"])

    def meanwhile() -> None:
        engine.tag(dangling, "scene/release", "1")
        engine.tag("scene/job:1", "scene/moved", "1")
        engine.tag("scene/more:1", "scene/more", "2")
        scene.container("user", image="scene/used:1")

    before = scene.images()
    text, code = clean_while(meanwhile, "images", "-a")
    assert code == 0, text
    assert f"skipped image {dangling[7:19]}: tagged scene/release:1 meanwhile\n" in text
    assert "skipped image scene/used:1: in use by scene-user\n" in text
    assert "skipped image scene/more:1: tagged scene/more:2 meanwhile\n" in text
    assert "skipped image scene/job:1: tagged scene/moved:1 meanwhile\n" in text
    expected = {"release:1", "moved:1", "job:1", "more:1", "more:2", "used:1", "used:latest"}
    assert scene.tags() == {f"scene/{name}" for name in expected}
    assert len(before - scene.images()) == 1  # the one that lost its tag


def test_a_base_from_which_an_image_was_made_since_survives(
    scene: Scene, clean_while: Meanwhile
) -> None:
    base = scene.layered("base", 1_000, tag="scene/base:1")

    def meanwhile() -> None:
        scene.layered("app", 1_000, tag="scene/app:1", base="scene/base:1")

    text, code = clean_while(meanwhile, "images", "-a")
    assert code == 0, text
    assert "skipped image scene/base:1: another image was made from it\n" in text
    assert {base} <= scene.images()
    assert scene.tags() == {"scene/base:1", "scene/app:1"}


def test_networks_and_volumes_that_were_taken_into_use_since_survive(
    scene: Scene, engine: sdk.APIClient, clean_while: Meanwhile
) -> None:
    for name in ("runs", "waits", "gone", "free"):
        scene.network(name)
        scene.volume(name)

    def meanwhile() -> None:
        for name in ("runs", "waits"):
            scene.container(
                name, "sleep", "600",
                network_mode=f"scene-{name}", binds=[f"scene-{name}:/data"], start=name == "runs",
            )  # fmt: skip
        engine.remove_network("scene-gone")
        engine.remove_volume("scene-gone")

    text, code = clean_while(meanwhile, "networks", "volumes", "--named-volumes", "scene-*")
    assert code == 0, text
    for name in ("runs", "waits"):
        assert f"skipped network scene-{name}: in use by scene-{name}\n" in text
        assert f"skipped volume scene-{name}: in use by scene-{name}\n" in text
    assert "skipped network scene-gone: gone already\n" in text
    assert "skipped volume scene-gone: gone already\n" in text
    assert scene.networks() == scene.volumes() == {"runs", "waits"}


def test_what_has_the_name_by_now_but_is_another_survives(
    scene: Scene, engine: sdk.APIClient, clean_while: Meanwhile
) -> None:
    scene.ended("job", "true")
    scene.network("net")
    scene.volume("data")

    def meanwhile() -> None:
        engine.remove_container("scene-job")
        scene.ended("job", "true")
        engine.remove_network("scene-net")
        scene.network("net")

    text, code = clean_while(meanwhile, "containers", "networks")
    assert code == 0, text
    assert "skipped container scene-job: gone already\n" in text
    assert "skipped network scene-net: gone already\n" in text
    assert (scene.containers(), scene.networks()) == ({"job"}, {"net"})


def test_a_container_that_came_to_the_network_of_one_that_goes_keeps_it(
    scene: Scene, clean_while: Meanwhile
) -> None:
    scene.network("net")
    scene.ended("old", "true", network_mode="scene-net")

    def meanwhile() -> None:
        scene.container("new", network_mode="scene-net")

    text, _ = clean_while(meanwhile, "containers", "networks")
    assert "skipped network scene-net: in use by scene-new\n" in text
    assert (scene.containers(), scene.networks()) == ({"new"}, {"net"})


# beside others


def test_three_at_once_end_well_and_each_thing_is_removed_once(
    scene: Scene, environ: dict[str, str]
) -> None:
    for number in range(24):
        scene.container(f"c{number}")
    for number in range(4):
        scene.network(f"n{number}")
        scene.volume(f"v{number}")
        scene.layered(f"i{number}", 1_000, tag=f"scene/i{number}:1")
        scene.engine.tag(f"scene/i{number}:1", "scene/again", str(number))
    line = scene.line("-a", "--named-volumes", "scene-*", *YES)
    argv = [sys.executable, "-m", "dk", *line]
    calls = [
        subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    documents: list[Any] = []
    for call in calls:
        out, err = call.communicate(timeout=60)
        documents.append(json.loads(out))
        assert call.returncode == 0, (documents[-1]["errors"], err)
    times = Counter(
        (each["target"]["kind"], each["target"]["id"])
        for document in documents
        for each in document["operations"]
        if each["outcome"]["status"] == "done"
    )
    # Asked twice in the same instant, the engine answers both that it removed a container.
    assert [key for key, count in times.items() if count > 1 and key[0] != "container"] == []
    assert (scene.containers(), scene.networks(), scene.volumes()) == (set(), set(), set())
    assert scene.images() == set()
