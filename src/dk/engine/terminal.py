"""The streams of this side as an attached container sees them: raw mode, window size, bytes."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from dk.errors import ExitCode, UsageError
from dk.output.streams import unwritable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dk.output.streams import Streams


class Terminal:
    """The file descriptors of one attached run; `stdin` is None where it is not sent.

    `sends` is false where stdin is attached to, but the container's is not open.
    """

    def __init__(self, streams: Streams, *, tty: bool, stdin: bool, sends: bool = True) -> None:
        if tty and stdin and not streams.stdin.isatty():
            raise UsageError(
                "-it needs a terminal, and stdin is none",
                "input from a pipe or file goes without -t",
                "use -i alone",
                exit_code=ExitCode.RUN_FAILED,
            )
        streams.stdout.flush()
        streams.stderr.flush()
        self.tty = tty
        self.stdin = streams.stdin.fileno() if stdin and sends else None
        self.stdout = streams.stdout.fileno()
        self.stderr = streams.stderr.fileno()

    def size(self) -> tuple[int, int]:
        """Return (rows, columns) of the terminal, or zeros where there is none."""
        for descriptor in (self.stdout, self.stdin):
            if descriptor is not None:
                with suppress(OSError):
                    columns, rows = os.get_terminal_size(descriptor)
                    return rows, columns
        return 0, 0

    @contextmanager
    def raw(self) -> Iterator[None]:
        """Pass every key on as it is; afterwards the settings are as before, whatever happens."""
        if not self.tty or self.stdin is None:
            yield
            return
        import termios
        import tty

        before = termios.tcgetattr(self.stdin)
        try:
            tty.setraw(self.stdin, termios.TCSADRAIN)
            yield
        finally:
            termios.tcsetattr(self.stdin, termios.TCSADRAIN, before)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write everything, however little each write takes."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view) :]
        except BlockingIOError:
            import select

            select.select([], [descriptor], [])
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable("stdout or stderr", error) from error
