"""What `dk run` waits for: `--wait`, `--wait-port`, `--timeout`."""

from __future__ import annotations

from typing import NamedTuple

from dk.errors import UsageError
from dk.spec.quantity import parse_duration

STATES = ("running", "healthy", "exit")
PATIENCE = 60.0  # seconds, for all but --wait exit, which may take as long as it takes


class WaitFor(NamedTuple):
    """A state, a port of the container (0: the first that is published), or both.

    `timeout` is in seconds; None is no limit.
    """

    state: str = ""
    port: int | None = None
    timeout: float | None = PATIENCE


def parse_state(text: str) -> str:
    """Return running, healthy or exit."""
    if text not in STATES:
        raise UsageError("nothing to wait for", fix=f"one of {', '.join(STATES)}")
    return text


def parse_wait_port(text: str) -> int:
    """Return the container's port to wait for; 0, where the text is empty, means the first."""
    port = text.removesuffix("/tcp")
    if not text:
        return 0
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65536):
        raise UsageError("not a TCP port of the container", fix="e.g. --wait-port=80")
    return int(port)


def parse_timeout(text: str) -> float:
    """Return the seconds of a number of them, or of a duration such as 1m30s."""
    import re

    seconds = float(text) if re.fullmatch(r"\d{1,9}(\.\d+)?", text, re.ASCII) else None
    timeout = parse_duration(text) / 1e9 if seconds is None else seconds
    if timeout <= 0:
        raise UsageError("no time at all", fix="e.g. --timeout 30s")
    return timeout


def wait_for(
    state: str | None, port: int | None, timeout: float | None, *, detached: bool
) -> WaitFor | None:
    """Return what the three options ask for together, None for nothing. Raises UsageError."""
    if state is None and port is None:
        if timeout is not None:
            raise UsageError(
                "--timeout limits --wait or --wait-port, and neither is there",
                fix="e.g. --wait healthy --timeout 30s",
            )
        return None
    if not detached:
        raise UsageError(
            f"{'--wait' if state else '--wait-port'} goes with -d",
            "an attached container is followed to its end",
            "add -d",
        )
    if state == "exit" and port is not None:
        raise UsageError(
            "--wait exit and --wait-port exclude each other",
            "what has ended has no port open",
            "leave one of them out",
        )
    if timeout is None and state != "exit":
        timeout = PATIENCE
    return WaitFor(state or "", port, timeout)
