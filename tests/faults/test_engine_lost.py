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


KILL_THE_ENGINE_OF_A_TERMINAL = """
import os, pexpect, signal, subprocess, sys, time
from pathlib import Path

folder, python = sys.argv[1:]
subprocess.run(["sh", "-c", 'mkdir -p "$0/bin" && cp "$(command -v busybox)" "$0/bin/busybox" && '
                'tar -C "$0" -c . | docker import - box >/dev/null', folder], check=True)
line = (f"stty -a > {folder}/before; {python} -m dk run -it --name job box /bin/busybox cat;"
        f" echo code $?; stty -a > {folder}/after; cmp {folder}/before {folder}/after && echo same")
child = pexpect.spawn("/bin/sh", ["-c", line], encoding="utf-8", timeout=30)
child.sendline("hello")
child.expect("hello.*hello")
for process in Path("/proc").glob("[0-9]*"):
    try:
        name = (process / "comm").read_text().strip()
    except OSError:  # it has ended meanwhile
        continue
    if name == "dockerd" or name.startswith("containerd"):
        os.kill(int(process.name), signal.SIGKILL)
child.expect(pexpect.EOF)
print(child.before)
"""


def test_an_engine_that_is_killed_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    argv = [
        *(sys.executable, "-m", "dk", "engine", "run", "--"),
        *(sys.executable, "-c", KILL_THE_ENGINE_OF_A_TERMINAL, str(tmp_path), sys.executable),
    ]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert "the connection to the engine broke off" in done.stdout, done.stderr
    assert done.stdout.split()[-3:] == ["code", "125", "same"]


KILL_THE_ENGINE_OF_A_REPLACEMENT = """
set -u
mkdir -p "$1/bin" && cp "$(command -v busybox)" "$1/bin/busybox"
tar -C "$1" -c . | docker import - box >/dev/null
"$2" -m dk run -d --name web box /bin/busybox sleep 600 >/dev/null
(
  sleep 2
  for process in /proc/[0-9]*; do
    read -r name < "$process/comm" || continue
    case "$name" in dockerd | containerd*) kill -KILL "${process#/proc/}" ;; esac
  done
) 2>/dev/null &
"$2" -m dk run -d --replace --name web box /bin/busybox sleep 601
echo "code $?"
"""


def test_an_engine_that_is_killed_while_a_container_is_replaced_is_no_secret(
    tmp_path: Path,
) -> None:
    """The old one's stop takes ten seconds; the engine dies meanwhile."""
    argv = [
        *(sys.executable, "-m", "dk", "engine", "run", "--"),
        *("bash", "-c", KILL_THE_ENGINE_OF_A_REPLACEMENT, "kill", str(tmp_path), sys.executable),
    ]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert done.stdout == "code 125\n", done.stderr
    note, error = done.stderr.splitlines()[:2]
    assert note.startswith("note: web could not be brought back (the connection to the engine")
    assert "; it is there, stopped, as web-replaced-" in note
    assert error == "dk: the connection to the engine broke off"
