"""The engine dies while dk works: an error, an exit code, and the terminal as it was."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

KILL_THE_ENGINE = """
set -u
mkdir -p "$1/bin" && cp "$(command -v busybox)" "$1/bin/busybox"
tar -C "$1" -c . | docker import - box >/dev/null
(
  for _ in $(seq 100); do
    grep -q started "$1/out" 2>/dev/null && break
    sleep 0.1
  done
  for process in /proc/[0-9]*; do
    read -r name < "$process/comm" || continue
    case "$name" in dockerd | containerd*) kill -KILL "${process#/proc/}" ;; esac
  done
) &
"$2" -m dk run --name job box /bin/busybox sh -c 'echo started; exec /bin/busybox sleep 60' \
  > "$1/out"
echo "code $?"
wait
"$2" -m dk ps
echo "code $?"
"""


def test_an_engine_that_is_killed_is_an_error_and_no_hang(tmp_path: Path) -> None:
    """In a private engine of its own: only that one's processes are in sight and die."""
    argv = [
        *(sys.executable, "-m", "dk", "engine", "run", "--"),
        *("bash", "-c", KILL_THE_ENGINE, "kill-the-engine", str(tmp_path), sys.executable),
    ]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    lines = done.stderr.splitlines()
    assert done.stdout.splitlines() == ["code 125", "code 3"]
    assert lines[0] == "dk: the connection to the engine broke off"
    assert any(line.startswith("dk: no Docker engine") for line in lines)
    assert "Traceback" not in done.stderr
