"""`dk clean` that is interrupted, or can write no more of its journal."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import docker as sdk
import jsonschema
import pexpect
import pytest

from tests.clean_scene import YES, Scene, by_status, destroyed, journal
from tests.conftest import RunDk
from tests.waiting import wait_for

pytestmark = pytest.mark.engine

MANY = 120


@pytest.fixture
def scene(engine: sdk.APIClient, run_dk: RunDk, busybox: str) -> Iterator[Scene]:
    made = Scene(engine, run_dk)
    yield made
    made.clear()


def fill(scene: Scene, count: int) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: scene.container(f"c{number}"), range(count)))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_in_good_order_and_a_second_run_carries_on(
    number: signal.Signals, code: int, scene: Scene, environ: dict[str, str], schema: dict[str, Any]
) -> None:
    fill(scene, MANY)
    home = Path(environ["HOME"])
    argv = [sys.executable, "-m", "dk", *scene.line(*YES)]
    call = subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(lambda: destroyed(home))
    call.send_signal(number)
    out, err = call.communicate(timeout=10)
    assert (call.returncode, err) == (code, b"")
    document = json.loads(out)
    jsonschema.validate(document, schema)
    assert (document["status"], document["exit_code"]) == ("failed", code)
    assert document["errors"][0]["what"] == "interrupted"
    outcomes = by_status(document)
    assert outcomes["failed"] == {}
    assert set(outcomes["skipped"].values()) == {"interrupted"}
    assert len(outcomes["done"]) + len(outcomes["skipped"]) == MANY
    assert {f"scene-{name}" for name in scene.containers()} == set(outcomes["skipped"])
    done = [each for each in document["operations"] if each["outcome"]["status"] == "done"]
    assert destroyed(home) == {each["target"]["id"] for each in done}
    again = scene.clean(*YES)
    assert again.code == 0
    assert set(by_status(again.json)["done"]) == set(outcomes["skipped"])
    assert scene.containers() == set()


def test_ctrl_c_in_a_terminal_says_how_many_are_left(scene: Scene, environ: dict[str, str]) -> None:
    fill(scene, MANY)
    child = pexpect.spawn(
        sys.executable,
        ["-m", "dk", "--no-color", *scene.line("-y")],
        env=environ,
        encoding="utf-8",
        timeout=20,
        dimensions=(200, 80),
    )
    wait_for(lambda: destroyed(Path(environ["HOME"])))
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    left = len(scene.containers())
    assert 0 < left < MANY
    said = (child.before or "").replace("\r\n", "\n")
    assert f"removed {MANY - left} of {MANY}, {left} left (interrupted)" in said
    assert "dk: interrupted\n" in said
    assert "skipped container" not in said


def test_an_interrupt_at_the_question_removes_nothing(
    scene: Scene, environ: dict[str, str]
) -> None:
    scene.container("job")
    child = pexpect.spawn(
        sys.executable, ["-m", "dk", *scene.line()], env=environ, encoding="utf-8", timeout=20
    )
    child.expect_exact("[y/N] ")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert scene.containers() == {"job"}
    assert journal(Path(environ["HOME"])) == []


def test_sigkill_leaves_a_journal_that_knows_what_is_gone(
    scene: Scene, environ: dict[str, str], run_dk: RunDk
) -> None:
    fill(scene, 60)
    home = Path(environ["HOME"])
    argv = [sys.executable, "-m", "dk", *scene.line(*YES)]
    call = subprocess.Popen(argv, env=environ, stdout=subprocess.DEVNULL)
    wait_for(lambda: destroyed(home))
    call.kill()
    call.wait()
    time.sleep(0.5)  # what was in flight is the engine's to finish
    left = scene.containers()
    begun = {each["name"] for each in journal(home) if each.get("event") == "destroying"}
    assert {f"scene-c{number}" for number in range(60)} - {
        f"scene-{each}" for each in left
    } <= begun
    assert run_dk("undo", "-y").code == 0
    assert len(scene.containers()) == 60


MOUNTED = 'mount -t tmpfs -o size={size}k tmpfs "$1"; shift; exec "$@"'


def on_a_small_disk(scene: Scene, environ: dict[str, str], size: int, *words: str) -> Any:
    """Run dk with a file system of so many kilobytes for its journal."""
    state = Path(environ["HOME"]) / ".local/state"
    state.mkdir(parents=True, exist_ok=True)
    script = MOUNTED.replace("{size}", str(size))
    # What it wrote is only seen from inside.
    look = f'"$@"; code=$?; cp -r {state} {environ["HOME"]}/seen; exit $code'
    argv = [
        *("unshare", "--mount", "sh", "-c", script, "sh", str(state)),
        *("sh", "-c", look, "sh", sys.executable, "-m", "dk", *scene.line(*words)),
    ]
    return subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=60)


def test_nothing_goes_that_a_full_disk_has_no_room_to_write_down(
    scene: Scene, environ: dict[str, str], schema: dict[str, Any]
) -> None:
    fill(scene, 30)
    done = on_a_small_disk(scene, environ, 64, *YES)
    assert done.returncode == 1, done.stderr
    document = json.loads(done.stdout)
    jsonschema.validate(document, schema)
    outcomes = by_status(document)
    assert outcomes["done"]
    assert outcomes["failed"]
    assert all("can't write the journal" in why for why in outcomes["failed"].values())
    assert {f"scene-{name}" for name in scene.containers()} == set(outcomes["failed"])
    files = list((Path(environ["HOME"]) / "seen/dk/journal").glob("*/*.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    begun = {each["name"] for each in lines if each.get("event") == "destroying"}
    assert set(outcomes["done"]) <= begun


def test_a_full_disk_is_said_once_and_names_the_way_on(
    scene: Scene, environ: dict[str, str]
) -> None:
    fill(scene, 30)
    done = on_a_small_disk(scene, environ, 64, "-y")
    assert done.returncode == 1
    assert done.stderr.count("no space left on device") == 1
    assert "make room, or add --no-journal" in done.stderr
