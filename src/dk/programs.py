"""Other programs on this host, asked something small, within bounds."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from selectors import EVENT_READ, DefaultSelector
from typing import IO, TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST = 256 * 1024
"""Bytes of an answer that are read; what goes on longer is no answer."""


class Answer(NamedTuple):
    """What a program printed to stdout, and its exit code."""

    exit_code: int
    text: str


def ask(argv: Sequence[str], environ: Mapping[str, str], *, patience: float) -> Answer | None:
    """Run a program without input and return its answer, None after `patience` seconds without.

    It is killed then, with everything that it started. Raises OSError where it can't be run.
    """
    process = subprocess.Popen(
        argv,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a group to kill, and no terminal to ask questions on
    )
    with cast(IO[bytes], process.stdout) as output:
        try:
            data = _read(output.fileno(), time.monotonic() + patience)
            if data is None:
                return None
            code = process.wait(patience)
        except subprocess.TimeoutExpired:
            return None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return Answer(code, data.decode(errors="replace"))


def _read(descriptor: int, deadline: float) -> bytes | None:
    """Return everything until the end of file, None at the deadline or where it is too much."""
    data = b""
    with DefaultSelector() as selector:
        selector.register(descriptor, EVENT_READ)
        while len(data) <= LONGEST:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                return None
            chunk = os.read(descriptor, 65536)
            if not chunk:
                return data
            data += chunk
    return None
