"""The engine's own clock: on another machine it may differ from this one's."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple, Self

AGREES = timedelta(seconds=2)


class Clock(NamedTuple):
    """The engine's time at one moment of this machine's monotonic clock."""

    at: datetime
    monotonic: float

    @classmethod
    def of(cls, header: str | None) -> Self:
        """Read the `Date` header of an answer that just came.

        It has whole seconds: where this machine's clock agrees with it, that one is taken.
        """
        at = datetime.now(UTC)
        if header:
            with suppress(ValueError):
                said = parsedate_to_datetime(header).astimezone(UTC)
                at = at if abs(at - said) < AGREES else said
        return cls(at, time.monotonic())

    def now(self) -> datetime:
        """Return the engine's time now."""
        return self.at + timedelta(seconds=time.monotonic() - self.monotonic)
