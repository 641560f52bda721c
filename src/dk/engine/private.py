"""A throwaway Docker engine beside one command: `dk engine run -- CMD`.

Three processes of dk's own take part:

- **dk** waits and hands signals on.
- **the keeper**, in a session of its own, outlives dk when that is killed. It sees to it that
  init ends, then removes what no namespace holds: the engine's cgroup folders.
- **init** is pid 1 of new process, mount and network namespaces; containerd, dockerd and CMD
  are its children. When it ends, for whatever reason, the kernel ends every process in there
  and so takes mounts, bridges, rules and data away (the data is on a tmpfs).

Inside, /run/dk-engine holds the engine's socket, logs and data.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from dk.engine import daemons, namespaces, processes
from dk.engine.processes import failure
from dk.errors import DkError, ExitCode

_CGROUP = daemons.HOME / "cgroup"
# What other engines keep in /run: CMD must not reach them, nor this one write there.
_HIDDEN_IN_RUN = (
    *("containerd", "dk-engine", "docker", "docker.pid", "docker.sock", "nri", "xtables.lock"),
)
_OTHER_ENGINE = ("DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS")


def run_beside_private_engine(
    command: Sequence[str], *, dockerd: str | None, environ: Mapping[str, str]
) -> int:
    """Start a private engine, run `command` beside it, stop the engine; return the exit code.

    The command keeps the terminal, the streams and the working folder, and gets `environ` with
    `DOCKER_HOST` set; its death by signal n is 128+n. `dockerd` is the program to use instead
    of the installed one, or its folder. On return nothing of the engine is left.
    Raises DkError with docker's exit codes: 125 where the engine can't be started, and before
    anything is started 126 for a command that is not executable, 127 for one not found.
    """
    if sys.platform != "linux":
        raise failure("a private engine needs Linux", f"this system is {sys.platform}")
    if os.geteuid() != 0:
        raise failure(
            "a private engine needs root",
            "it makes its own mounts and its own network",
            "sudo dk engine run -- CMD",
        )
    found = daemons.find_daemons(dockerd, environ)
    program = _find_command(command[0], environ)
    outer = _CGROUP.read_text() if _CGROUP.exists() else ""  # of the engine around this one
    cgroup = f"{outer}/dk-engine-{os.urandom(4).hex()}"
    dk = os.getpid()
    report, report_end = os.pipe()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, processes.watched())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # some parents leave it ignored

    def init() -> int:
        namespaces.signal_on_parent_death(signal.SIGKILL)
        namespaces.isolate(_HIDDEN_IN_RUN)
        daemons.start_daemons(found, environ, cgroup)
        _CGROUP.write_text(cgroup)
        child = processes.spawn(
            program, command, _environ_inside(environ), lambda: processes.set_blocked(before)
        )
        return processes.supervise(child, reap=-1)

    def keeper() -> int:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPWR})
        namespaces.signal_on_parent_death(signal.SIGPWR)
        if os.getppid() != dk:
            return ExitCode.RUN_FAILED
        namespaces.new_process_tree()
        child = processes.fork(init, report_end)
        os.setsid()  # only now: CMD stays in the terminal's session
        code = processes.supervise(child, kill_on=signal.SIGPWR)
        _remove_cgroups(cgroup)
        return code

    try:
        with _foreground_restored():
            child = processes.fork(keeper, report_end)
            os.close(report_end)
            code = processes.supervise(child)
        if error := processes.read_report(report):
            raise error
    finally:
        processes.set_blocked(before)
    return code


def _environ_inside(environ: Mapping[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in environ.items() if not key.startswith(_OTHER_ENGINE)}
    return {**kept, "DOCKER_HOST": f"unix://{daemons.SOCKET}"}


def _find_command(name: str, environ: Mapping[str, str]) -> str:
    """Find the program of a command as shells do: 127 if there is none, 126 if it can't run."""
    from shutil import which

    path = environ.get("PATH", os.defpath)
    if found := which(name, path=path):
        return found
    if "/" in name:
        why = "no such file"
        there = Path(name).exists()
    else:
        why = "not on PATH"
        there = any(Path(folder, name).is_file() for folder in path.split(os.pathsep))
    if there:
        raise DkError(
            f"not executable: {name}",
            "it is a folder, or may not be executed",
            exit_code=ExitCode.NOT_EXECUTABLE,
        )
    raise DkError(f"command not found: {name}", why, exit_code=ExitCode.NOT_FOUND)


@contextmanager
def _foreground_restored() -> Iterator[None]:
    """Take the terminal back from a shell inside, to which the group that had it is unknown."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:  # there is none
        yield
        return
    try:
        held = os.tcgetpgrp(terminal) == os.getpgrp()
        yield
        if held:
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
            with suppress(OSError):  # hung up by now
                os.tcsetpgrp(terminal, os.getpgrp())
            processes.set_blocked(before)
    finally:
        os.close(terminal)


def _remove_cgroups(name: str) -> None:
    """Remove the empty folders that containers leave, in version 2 and each of version 1."""
    mounted = Path("/sys/fs/cgroup")
    for hierarchy in (mounted, *mounted.iterdir()):
        root = Path(f"{hierarchy}{name}")
        for _ in range(100):
            for folder, _, _ in os.walk(root, topdown=False):
                with suppress(OSError):  # busy for a moment after its last process
                    Path(folder).rmdir()
            if not root.exists():
                break
            time.sleep(0.01)
