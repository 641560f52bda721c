"""`dk clean cache` on a real engine: the records of real builds by BuildKit."""

import subprocess
import sys
import time
from collections.abc import Iterator

import docker as sdk
import pexpect
import pytest

from tests.clean_scene import YES, Scene, by_status, content
from tests.conftest import RunDk

pytestmark = pytest.mark.engine

DOCKERFILE = "FROM scratch\nCOPY one /\nCOPY two /\n"


@pytest.fixture
def scene(engine: sdk.APIClient, run_dk: RunDk, busybox: str) -> Iterator[Scene]:
    made = Scene(engine, run_dk)
    yield made
    made.clear()


def build(scene: Scene) -> None:
    files = {"one": content("one", 30_000), "two": content("two", 40_000)}
    scene.build_with_buildkit(DOCKERFILE, "scene/built:1", **files)


def build_a_while_ago(scene: Scene) -> None:
    build(scene)
    time.sleep(1.1)  # the engine's clock is known in whole seconds


def unshared(scene: Scene) -> set[str]:
    return {each["ID"] for each in scene.cache_records() if not each["Shared"]}


def test_records_go_by_their_ids_and_what_an_image_shares_stays(scene: Scene) -> None:
    build_a_while_ago(scene)
    before, alone = scene.cache(), unshared(scene)
    assert alone < before
    done = scene.clean_unlabelled("cache", *YES)
    assert done.code == 0, done.err
    gone = {each["target"]["id"] for each in done.json["operations"]}
    assert gone == before - scene.cache()
    assert gone
    assert gone <= alone
    assert by_status(done.json)["failed"] == {}
    assert done.json["bytes"]["measured"] == done.json["bytes"]["predicted"] > 0
    assert all(each["undo"] == "no" for each in done.json["operations"])
    assert scene.tags() == {"scene/built:1"}


def test_all_takes_every_record_and_the_images_that_share_them_free_all(scene: Scene) -> None:
    build_a_while_ago(scene)
    done = scene.clean_unlabelled("cache", "-a", *YES)
    assert done.code == 0, done.err
    assert by_status(done.json)["failed"] == {}
    assert scene.cache() == set()
    assert done.json["bytes"]["measured"] == done.json["bytes"]["predicted"]
    done = scene.clean("images", "-a", *YES)
    found = done.json["bytes"]
    assert (found["predicted"], found["measured"], found["exact"]) == (70_000, 70_000, True)


def test_an_image_whose_layers_buildkit_keeps_frees_about_nothing_and_says_so(
    scene: Scene,
) -> None:
    build_a_while_ago(scene)
    done = scene.clean("images", "-a", *YES)
    assert done.json["bytes"]["exact"] is False
    assert done.json["bytes"]["why"] == "BuildKit keeps layers as cache"
    assert done.json["bytes"]["measured"] == done.json["bytes"]["predicted"]
    build(scene)
    shown = scene.clean("images", "-a", "--dry-run")
    assert "frees ≈ 0 B (BuildKit keeps layers as cache)" in shown.out


def test_young_records_stay(scene: Scene, run_dk: RunDk) -> None:
    build_a_while_ago(scene)
    before = scene.cache()
    done = run_dk("clean", "cache", "-a", *YES)
    assert done.json["operations"] == []
    assert scene.cache() == before


def test_records_that_were_used_again_since_the_plan_stay(
    scene: Scene, environ: dict[str, str]
) -> None:
    build_a_while_ago(scene)
    scene.engine.remove_image("scene/built:1")  # so that nothing shares them
    child = pexpect.spawn(
        sys.executable,
        ["-m", "dk", "clean", "cache", "--grace", "0"],
        env=environ, encoding="utf-8", timeout=20,
    )  # fmt: skip
    child.expect_exact("[y/N] ")
    before = unshared(scene)
    build(scene)
    child.sendline("y")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "used again meanwhile" in (child.before or "")
    used = {each["ID"] for each in scene.cache_records() if each["UsageCount"] > 1}
    assert before & used
    assert before & used <= scene.cache()


def test_the_explained_lines_remove_the_same_records(scene: Scene, environ: dict[str, str]) -> None:
    build_a_while_ago(scene)
    lines = scene.clean_unlabelled("cache", "-a", "--explain")
    assert lines.code == 0, lines.err
    assert lines.out.startswith("docker builder prune ")
    done = subprocess.run(
        ["sh", "-e"], input=lines.out, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert scene.cache() == set()
