"""Child processes that hand signals on: the plumbing of `dk engine run`.

Whoever waits here keeps its signals blocked and takes them one by one, so none is lost and
no handler runs.
"""

import os
import signal
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress

from dk.errors import DkError, ExitCode

_FROM_KERNEL = 0x80  # SI_KERNEL of <asm-generic/siginfo.h>: the terminal, not kill(2)


def failure(what: str, why: str = "", fix: str = "") -> DkError:
    """Make an error of dk's own, told from what a command may end with: 125, as docker has it."""
    return DkError(what, why, fix, exit_code=ExitCode.RUN_FAILED)


def watched() -> set[signal.Signals]:
    """Name the signals that are handed on, and the one that tells of a child's end."""
    return {
        *(signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM),
        *(signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD),
    }


def set_blocked(signals: Collection[int]) -> None:
    """Block exactly these signals."""
    signal.pthread_sigmask(signal.SIG_SETMASK, signals)


def fork(body: Callable[[], int], report: int) -> int:
    """Run `body` in a child that ends with its result; an error goes to the pipe `report`."""
    if pid := os.fork():
        return pid
    code: int = ExitCode.RUN_FAILED
    try:
        code = body()
    except SystemExit as stop:
        code = int(stop.code or 0)
    finally:  # never back into the caller's code, which is the parent's
        if error := sys.exception():
            os.write(report, _as_text(error))
        os._exit(code)


def read_report(report: int) -> DkError | None:
    """Read the error that a child of `fork` left in the pipe."""
    with os.fdopen(report, encoding="utf-8") as pipe:
        text = pipe.read()
    return failure(*text.split("\0")) if text else None


def spawn(
    program: str, argv: Sequence[str], environ: Mapping[str, str], prepare: Callable[[], object]
) -> int:
    """Execute a program in a child, after `prepare` there; one that can't be ends with 126."""
    if pid := os.fork():
        return pid
    try:
        for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(ignored_by_python, signal.SIG_DFL)
        for number in watched():
            if callable(signal.getsignal(number)):
                signal.signal(number, signal.SIG_DFL)  # before any of them is unblocked
        prepare()
        os.execve(program, list(argv), environ)  # noqa: S606
    except OSError as error:
        os.write(2, f"dk: {error}\n".encode(errors="backslashreplace"))
    finally:
        os._exit(ExitCode.NOT_EXECUTABLE)


def supervise(child: int, *, reap: int | None = None, kill_on: int | None = None) -> int:
    """Hand signals on to `child` until it ends; return its exit code as shells have it.

    `reap=-1` takes in every child, as pid 1 must. The signal `kill_on` kills the child.
    """
    waited_for = watched() if kill_on is None else {*watched(), kill_on}
    while True:
        info = signal.sigwaitinfo(waited_for)
        if info.si_signo == signal.SIGCHLD:
            code = ended(child if reap is None else reap).get(child)
            if code is not None:
                return code if code >= 0 else 128 - code
        elif info.si_signo == kill_on:
            os.kill(child, signal.SIGKILL)
        elif info.si_code != _FROM_KERNEL:  # the terminal tells the whole group itself
            os.kill(child, info.si_signo)


def ended(which: int) -> dict[int, int]:
    """Reap what has ended of `which` (-1: every child); return exit codes by pid."""
    codes: dict[int, int] = {}
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(which, os.WNOHANG)
            if pid == 0:
                break
            codes[pid] = os.waitstatus_to_exitcode(status)
    return codes


def _as_text(error: BaseException) -> bytes:
    parts = ["could not start a private engine", f"{type(error).__name__}: {error}"]
    if isinstance(error, DkError):
        parts = [error.what, error.why, error.fix]
    elif isinstance(error, PermissionError):
        parts.append("a container that is to hold one must be started with --privileged")
    return "\0".join(parts).encode(errors="backslashreplace")
