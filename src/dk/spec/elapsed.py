"""Time that has passed, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

UNITS = (
    ("year", 365 * 86400),
    ("month", 30 * 86400),
    ("day", 86400),
    ("hour", 3600),
    ("minute", 60),
    ("second", 1),
)


def in_words(duration: timedelta) -> str:
    """Return a duration in its largest unit that reads well: "3 days", "36 hours"."""
    seconds = max(0, int(duration.total_seconds()))
    for unit, length in UNITS:
        # "36 hours" says more than "1 day".
        if seconds >= 2 * length or (seconds >= length and unit in {"minute", "second"}):
            count = seconds // length
            return f"{count} {unit}{'s' * (count != 1)}"
    return "a moment"
