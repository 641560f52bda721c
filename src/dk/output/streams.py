"""The three standard streams, handed to whoever needs them."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from dk.errors import DkError

if TYPE_CHECKING:
    from collections.abc import Mapping


def unwritable(name: str, error: OSError) -> DkError:
    """Return the error to show where output was lost, such as on a full disk."""
    return DkError(
        f"can't write to {name}", (error.strerror or str(error)).lower(), "check its target"
    )


@dataclass
class Streams:
    """Standard input, output and error as text; `.buffer` of each is its bytes."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO

    @classmethod
    def standard(cls) -> Streams:
        """Return this process's own streams; what they can't encode is escaped.

        One that was closed (`>&-`) is a null device, so that nothing else takes its number.
        """
        for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
            if getattr(sys, name) is None:
                setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - as long as we run
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        return cls(sys.stdin, sys.stdout, sys.stderr)

    def out(self, text: str) -> None:
        """Write to stdout; a reader that went away is no error."""
        self._write("stdout", text)

    def err(self, text: str) -> None:
        """Write to stderr; a reader that went away is no error."""
        self._write("stderr", text)

    def _write(self, name: str, text: str) -> None:
        stream: TextIO = getattr(self, name)
        try:
            stream.write(text)
            stream.flush()
        except OSError as error:
            _to_null(stream)
            if name == "stdout" and not isinstance(error, BrokenPipeError):
                raise unwritable("stdout", error) from error

    def silence(self) -> None:
        """Throw away what is still to be written to stdout: nobody reads it."""
        _to_null(self.stdout)

    def can_ask(self, environ: Mapping[str, str]) -> bool:
        """Whether somebody is there to answer: stdin and stderr are terminals, and no CI."""
        return self.stdin.isatty() and self.stderr.isatty() and not environ.get("CI")

    def width(self, stream: TextIO) -> int | None:
        """Return the terminal's width in columns, or None where `stream` is no terminal."""
        if not stream.isatty():
            return None
        with suppress(OSError):
            return os.get_terminal_size(stream.fileno()).columns or 80
        return 80


def _to_null(stream: TextIO) -> None:
    """Give Python, which flushes once more at exit, a place that takes the bytes."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
