"""The engine dies in the middle of `dk clean`: what is gone is told and written down."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.clean_scene import by_status, journal

pytestmark = pytest.mark.engine

COUNT = 150

KILL_THE_ENGINE = """
set -u
python=$2 count=$3
mkdir -p "$1/bin" && cp "$(command -v busybox)" "$1/bin/busybox"
tar -C "$1/bin" -c . | docker import - box >/dev/null
seq "$count" | xargs -P 4 -I N docker create --name cN box /busybox >/dev/null
(
  for _ in $(seq 1000); do
    grep -qs '"destroyed"' "$HOME"/.local/state/dk/journal/*/*.jsonl && break
    sleep 0.01
  done
  for process in /proc/[0-9]*; do
    read -r name < "$process/comm" || continue
    case "$name" in dockerd | containerd*) kill -KILL "${process#/proc/}" ;; esac
  done
) 2>/dev/null &
"$python" -m dk clean --grace 0 "${@:4}"
echo "code $?" >&2
wait
"""


def clean_while_the_engine_dies(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """In a private engine of its own, where a call without any scope harms nobody."""
    home = folder / "home"
    home.mkdir()
    argv = [
        *("env", f"HOME={home}", sys.executable, "-m", "dk", "engine", "run", "--"),
        *("bash", "-c", KILL_THE_ENGINE, "kill", str(folder), sys.executable, str(COUNT), *words),
    ]
    return subprocess.run(argv, capture_output=True, text=True, timeout=100)


def test_what_was_done_is_told_the_rest_is_left_and_the_journal_is_right(tmp_path: Path) -> None:
    done = clean_while_the_engine_dies(tmp_path, "-y", "--json")
    assert done.stderr.splitlines()[-1] == "code 1", done.stderr
    assert "Traceback" not in done.stderr
    document = json.loads(done.stdout)
    schema = Path(__file__).parents[2] / "docs/reference/envelope.schema.json"
    jsonschema.validate(document, json.loads(schema.read_text()))
    outcomes = by_status(document)
    assert outcomes["done"]
    assert outcomes["skipped"]
    assert all("engine" in reason for reason in outcomes["failed"].values())
    assert sum(map(len, outcomes.values())) == COUNT
    assert set(outcomes["skipped"].values()) == {"not tried, since the engine went away"}
    assert document["bytes"]["measured"] is None
    lines = journal(tmp_path / "home")
    gone = {each["id"] for each in lines if each.get("event") == "destroyed"}
    begun = {each["id"] for each in lines if each.get("event") == "destroying"}
    by_name = {each["target"]["name"]: each["target"]["id"] for each in document["operations"]}
    assert gone == {by_name[name] for name in outcomes["done"]}
    # Of those in flight nobody knows: they are written down as begun.
    assert len(begun - gone) <= 8
    assert begun - gone <= {by_name[name] for name in outcomes["failed"]}
    assert not begun & {by_name[name] for name in outcomes["skipped"]}


def test_people_are_told_how_many_are_left(tmp_path: Path) -> None:
    done = clean_while_the_engine_dies(tmp_path, "-y")
    assert done.stderr.splitlines()[-1] == "code 1", done.stderr
    gone = done.stdout.splitlines()
    assert gone
    assert all(line.startswith("removed container c") for line in gone)
    assert f"removed {len(gone)} of {COUNT}, " in done.stderr
    assert " left (not tried, since the engine went away)" in done.stderr
    assert "skipped container" not in done.stderr
    errors = done.stderr.split("dk: ")[1:]
    assert len(errors) == len(set(errors))
    assert "Traceback" not in done.stderr
