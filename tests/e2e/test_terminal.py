"""dk in a real pseudo-terminal."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import docker as sdk
import pexpect
import pytest

from tests.waiting import wait_for

pytestmark = pytest.mark.engine

Spawn = Callable[..., "pexpect.spawn[str]"]


@pytest.fixture
def spawn(environ: dict[str, str]) -> Iterator[Spawn]:
    children: list[pexpect.spawn[str]] = []

    def start(*argv: str, program: str = sys.executable, columns: int = 80) -> "pexpect.spawn[str]":
        words = list(argv) if program != sys.executable else ["-m", "dk", *argv]
        child = pexpect.spawn(
            program, words, env=environ, encoding="utf-8", timeout=20, dimensions=(33, columns)
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.close(force=True)


def end(child: "pexpect.spawn[str]") -> tuple[str, int | None]:
    child.expect(pexpect.EOF)
    child.close()
    return (child.before or "").replace("\r\n", "\n"), child.exitstatus


@pytest.mark.podman
def test_a_shell_has_the_terminals_size_its_keys_and_its_exit_code(
    spawn: Spawn, busybox: str
) -> None:
    shell = spawn("run", "-it", "--rm", busybox, "sh", columns=97)
    shell.expect("# ")
    shell.sendline("stty size")
    shell.expect("33 97")
    shell.setwinsize(20, 60)
    shell.expect("# ")
    time.sleep(0.5)
    shell.sendline("stty size")
    shell.expect("20 60")
    shell.sendline("sleep 60")
    shell.expect("sleep 60")
    time.sleep(0.5)
    shell.sendcontrol("c")
    shell.expect("# ")
    shell.sendline("exit 5")
    assert end(shell)[1] == 5


@pytest.mark.podman
def test_the_terminals_settings_are_afterwards_as_before(spawn: Spawn, busybox: str) -> None:
    line = (
        f"stty -a > /tmp/before; {sys.executable} -m dk run -it --rm {busybox} sh -c 'exit 0';"
        " stty -a > /tmp/after; cmp /tmp/before /tmp/after && echo the same"
    )
    assert "the same" in end(spawn("-c", line, program="/bin/sh"))[0]


@pytest.mark.podman
def test_ctrl_p_ctrl_q_detaches_and_the_container_runs_on(
    spawn: Spawn, engine: sdk.APIClient, busybox: str
) -> None:
    shell = spawn("run", "-it", "--name", "kept", busybox, "sh")
    shell.expect("# ")
    shell.send("\x10\x11")
    assert end(shell)[1] == 0
    assert engine.inspect_container("kept")["State"]["Running"]


@pytest.mark.podman
def test_detached_shows_a_sheet(spawn: Spawn, busybox: str) -> None:
    child = spawn(
        "--no-color", "run", "-d", "--name", "web", "-p", "127.0.0.1:0:80", busybox, "sleep", "60"
    )
    text, code = end(child)
    lines = dict(line.split(None, 1) for line in text.splitlines())
    assert code == 0
    assert lines["container"].startswith("web (")
    assert lines["open"].startswith("http://127.0.0.1:")
    assert lines["logs"] == "docker logs -f web"
    assert lines["stop"] == "docker stop web"


@pytest.mark.one_engine
def test_ps_never_wraps(spawn: Spawn, engine: sdk.APIClient, busybox: str) -> None:
    name = "a-container-with-quite-a-long-name-" + "x" * 20
    engine.create_container(busybox, "true", name=name)
    for columns in (40, 80, 160):
        text, _ = end(spawn("--no-color", "ps", "-a", columns=columns))
        assert all(len(line) <= columns for line in text.splitlines())
        assert text.splitlines()[1].startswith("a-container-with")


def test_no_containers_is_said_in_words(spawn: Spawn) -> None:
    assert end(spawn("ps"))[0] == "no running containers (dk ps -a shows stopped ones)\n"


@pytest.mark.one_engine
@pytest.mark.parametrize("off", [["--no-color"], []])
def test_colour_is_for_terminals_that_want_it(
    spawn: Spawn, environ: dict[str, str], off: list[str]
) -> None:
    environ["TERM"] = "xterm-256color"
    coloured, _ = end(spawn(*off, "rm", "nope"))
    assert ("\x1b[" in coloured) is not bool(off)
    environ["NO_COLOR"] = "1"
    assert "\x1b[" not in end(spawn("rm", "nope"))[0]


@pytest.mark.one_engine
@pytest.mark.parametrize("keys", ["flag", "config"])
def test_other_detach_keys_are_taken_and_half_of_them_are_typed_through(
    keys: str, spawn: Spawn, engine: sdk.APIClient, busybox: str, environ: dict[str, str]
) -> None:
    config = Path(environ["HOME"]) / ".docker"
    config.mkdir()
    (config / "config.json").write_text('{"detachKeys": "ctrl-x,y"}')
    flags = ("--detach-keys", "ctrl-x,x") if keys == "flag" else ()
    shell = spawn("run", "-it", *flags, "--name", "kept", busybox, "cat")
    shell.sendline("one")
    shell.expect("one\r\none")
    shell.send("\x10\x11")  # not the keys any more
    shell.sendline("two")
    shell.expect("two")
    shell.send("\x18")
    time.sleep(0.3)
    shell.send("x" if keys == "flag" else "y")
    assert end(shell)[1] == 0
    assert engine.inspect_container("kept")["State"]["Running"]


@pytest.mark.one_engine
def test_a_sigterm_leaves_the_terminal_as_it_was(
    spawn: Spawn, engine: sdk.APIClient, busybox: str
) -> None:
    line = (
        f"stty -a > /tmp/before; {sys.executable} -m dk run -it --name deaf {busybox} sleep 600;"
        " stty -a > /tmp/after; cmp /tmp/before /tmp/after && echo the same"
    )
    shell = spawn("-c", line, program="/bin/sh")

    def running() -> bool:
        return any(each["Names"] == ["/deaf"] for each in engine.containers())

    wait_for(running)
    time.sleep(0.5)
    children = Path(f"/proc/{shell.pid}/task/{shell.pid}/children").read_text().split()
    dk = int(children[0])
    for _ in range(3):  # a process 1 without a handler does not hear it
        os.kill(dk, signal.SIGTERM)
        time.sleep(0.3)
    assert "the same" in end(shell)[0]
