"""Signals that come to dk, to be passed on to a container instead of ending dk."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING, Self

from dk.errors import ExitCode, Interrupted

if TYPE_CHECKING:
    from types import FrameType, TracebackType

FORWARDED = ("HUP", "INT", "QUIT", "USR1", "USR2", "ALRM", "TERM")
"""Docker's proxy passes on nearly all. Left out here: WINCH, which ends some servers (httpd),
and those of job control, so that Ctrl-Z still stops dk itself."""


class Signals:
    """While entered, signals arrive as bytes on `wakeup` and have no other effect.

    `window` takes in changes of the window's size, `forward` those that are for the container.
    Those that would end dk at once where they are not forwarded do so in good order: the terminal
    must be as it was.
    """

    def __init__(self, *, window: bool, forward: bool) -> None:
        names = [*(FORWARDED if forward else ()), *(["WINCH"] if window else ())]
        self._numbers = [getattr(signal, f"SIG{name}") for name in names]
        ending = ("ABRT", "XCPU", "VTALRM", *(() if forward else ("QUIT", "USR1", "USR2", "ALRM")))
        self._ending = [getattr(signal, f"SIG{name}") for name in ending]
        self.wakeup, self._write = socket.socketpair()

    def __enter__(self) -> Self:
        self.wakeup.setblocking(False)
        self._write.setblocking(False)
        self._before = {number: signal.signal(number, _nothing) for number in self._numbers}
        self._before |= {number: signal.signal(number, _end) for number in self._ending}
        self._fd_before = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.set_wakeup_fd(self._fd_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self.wakeup.close()
        self._write.close()

    def arrived(self) -> list[signal.Signals]:
        """Return the signals that came since the last call."""
        try:
            numbers = self.wakeup.recv(256)
        except BlockingIOError:
            return []
        return [signal.Signals(number) for number in numbers if number in self._numbers]


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Be a handler: the wakeup descriptor carries the news."""


def _end(number: int, _frame: FrameType | None) -> None:
    name = signal.Signals(number).name
    raise Interrupted(f"ended by {name}", exit_code=ExitCode.TERMINATED)
