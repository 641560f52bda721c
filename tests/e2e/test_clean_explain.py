"""The lines of `dk clean --explain`, run by docker, leave what `dk clean` leaves."""

import subprocess
from collections.abc import Iterator
from typing import Any

import docker as sdk
import pytest

from tests.clean_scene import Scene, archive, content
from tests.conftest import RunDk

pytestmark = pytest.mark.engine

FLAGS = ("--all", "--named-volumes", "*-old")


@pytest.fixture
def twins(engine: sdk.APIClient, run_dk: RunDk, busybox: str) -> Iterator[tuple[Scene, Scene]]:
    """Two scenes that differ in their names only."""
    scenes = Scene(engine, run_dk, "twin-1"), Scene(engine, run_dk, "twin-2")
    for scene in scenes:
        fill(scene)
    yield scenes
    for scene in scenes:
        scene.clear()


def fill(scene: Scene) -> None:
    name = scene.name
    for network in ("free", "of-ended", "used"):
        scene.network(network)
    scene.volume("old")
    scene.volume("data")
    scene.ended("ended", "true", network_mode=f"{name}-of-ended", volumes=["/anonymous"])
    scene.container("waits", restart_policy={"Name": "always"})
    scene.container(
        "runs", "sleep", "600",
        start=True, network_mode=f"{name}-used", binds=[f"{name}-data:/data"],
    )  # fmt: skip
    lower = [archive({f"{name}-lower": content(name, 9_000)})]
    scene.loaded(f"{name}-dangling", below=lower)
    scene.loaded(f"{name}-several", tags=[f"{name}/a:1", f"{name}/a:2", f"{name}/b:1"], below=lower)
    scene.layered(f"{name}-base", 1_000, tag=f"{name}/base:1")
    scene.layered(f"{name}-app", 1_000, tag=f"{name}/app:1", base=f"{name}/base:1")
    scene.layered(f"{name}-kept", 1_000, tag=f"{name}/kept:1", base=f"{name}/base:1")
    scene.container("has-an-image", "x", image=f"{name}/kept:1", labels={"dk.keep": "true"})


def left(scene: Scene) -> dict[str, Any]:
    """What there is of a scene, in words that are the same for both."""
    name = scene.name
    engine = scene.engine
    states = engine.containers(all=True, filters={"label": f"scene={name}"})
    labelled = [
        each for each in engine.images(all=True) if (each["Labels"] or {}).get("scene") == name
    ]
    volumes = engine.volumes(filters={"label": f"scene={name}"})["Volumes"] or ()
    tags = [sorted(each["RepoTags"] or ["<none>:<none>"]) for each in labelled]
    return {
        "containers": {(each["Names"][0].replace(name, ""), each["State"]) for each in states},
        "networks": scene.networks(),
        "volumes": {each["Name"].replace(name, "") for each in volumes},
        "images": sorted([tag.replace(name, "") for tag in each] for each in tags),
    }


def test_docker_leaves_what_dk_leaves(twins: tuple[Scene, Scene], environ: dict[str, str]) -> None:
    by_docker, by_dk = twins
    before = left(by_docker)
    assert before == left(by_dk)
    explained = by_docker.clean(*FLAGS, "--explain")
    assert explained.code == 0, explained.err
    lines = explained.out.splitlines()
    for command in ("docker rm ", "docker network rm ", "docker volume rm "):
        assert sum(line.startswith(command) for line in lines) == 1
    assert any(line.startswith("docker rmi --no-prune ") for line in lines)
    done = subprocess.run(
        ["sh", "-e"], input=explained.out, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert by_dk.clean("-y", *FLAGS).code == 0
    assert left(by_docker) == left(by_dk)
    assert left(by_dk) != before
    assert left(by_dk)["containers"] == {("/-runs", "running"), ("/-has-an-image", "created")}
