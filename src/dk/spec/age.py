"""Ages: `--older-than 7d`, `--unused-for 2026-01-31`, `--grace 10m`, docker's `until`.

A duration is one number with a unit or several in a row: 24h, 7d, 1d12h, 1.5h. Every duration of
Go's is one, in docker's own units (ns, us, ms, s, m, h); d is 24 hours and w is 7 days. `m` is a
minute, and there is no month.

A moment is a date (2026-01-31: its midnight) or a time as RFC 3339 has it, whose seconds and zone
may be left out. Without a zone it is in that of the given `now`, as the engine reads `until`
(moby api/types/time `GetTimestamp`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from dk.errors import UsageError
from dk.spec.clean_options import Age
from dk.spec.quantity import NANOSECONDS

LONGEST = timedelta(days=36_525)
"""A hundred years: nothing that an engine holds is older."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_AGES = "e.g. 24h, 7d or 2026-01-31"
_GRACES = "e.g. 10m or 1h; 0 turns it off"
_UNITS = NANOSECONDS | {"d": 24 * NANOSECONDS["h"], "w": 7 * 24 * NANOSECONDS["h"]}
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|[smhdw])")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ]([0-9]{2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?))?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_MOST_CHARACTERS = 60


def parse_age(text: str, now: datetime) -> Age:
    """Return a duration or a moment before `now`, which has a zone.

    "0" is a duration of nothing. Raises UsageError for what is negative, in the future, before
    1970 or more than a hundred years long.
    """
    if _MOMENT.fullmatch(text):
        return Age(text, moment=_moment(text, now))
    return Age(text, duration=_duration(text, _AGES))


def parse_grace(text: str) -> timedelta:
    """Return a duration; "0" is none at all. Raises UsageError."""
    if _MOMENT.fullmatch(text):
        raise UsageError(f"{text} is a date, not a duration", fix=_GRACES)
    return _duration(text, _GRACES)


def parse_until(text: str, now: datetime) -> Age:
    """Return what docker's filter `until` says: an age, or a Unix time in seconds.

    As moby `GetTimestamp`, which takes a bare number, even 0, for a Unix time.
    """
    if not _NUMBER.fullmatch(text) or len(text) > _MOST_CHARACTERS:
        return parse_age(text, now)
    try:
        moment = EPOCH + timedelta(seconds=float(text))
    except OverflowError:
        raise UsageError(f"{text} is too late for a Unix time", fix=_AGES) from None
    _check_past(text, moment, now)
    return Age(text, moment=moment)


def write_duration(duration: timedelta) -> str:
    """Write a duration as it is read: 1d12h, 10m, 1.5s, 0."""
    seconds, microseconds = divmod(duration // timedelta(microseconds=1), 10**6)
    parts = []
    for unit, length in (("d", 86_400), ("h", 3600), ("m", 60)):
        count, seconds = divmod(seconds, length)
        parts.append(f"{count}{unit}" if count else "")
    fraction = f".{microseconds:06}".rstrip("0") if microseconds else ""
    parts.append(f"{seconds}{fraction}s" if seconds or microseconds else "")
    return "".join(parts) or "0"


def _duration(text: str, example: str) -> timedelta:
    from fractions import Fraction

    if not text.strip():
        raise UsageError("the duration is empty", fix=example)
    if len(text) > _MOST_CHARACTERS:
        raise UsageError(f"{text[:20]}… is too long", fix=example)
    if text == "0":
        return timedelta()
    if text.startswith("-"):
        raise UsageError(f"{text}: a duration can't be negative", fix=example)
    if _NUMBER.fullmatch(text):
        raise UsageError(f"{text} has no unit", fix=f"{text}d for days? {text}h for hours?")
    parts = list(_PART.finditer(text))
    if "".join(part[0] for part in parts) != text:
        raise UsageError(
            f"{text!r} is no duration" if example == _GRACES else f"{text!r} is no age",
            "the units are s, m (minutes), h, d and w",
            example,
        )
    total = sum(Fraction(part[1]) * _UNITS[part[2]] for part in parts)
    if total > LONGEST // timedelta(microseconds=1) * 1000:
        raise UsageError(f"{text} is longer than a hundred years", fix=example)
    # Rounded up: a longer age keeps more.
    return timedelta(microseconds=-(-total // 1000))


def _moment(text: str, now: datetime) -> datetime:
    found = _MOMENT.fullmatch(text.upper())
    date, clock, zone = found.groups() if found else (text, None, None)
    try:
        moment = datetime.fromisoformat(f"{date}T{clock or '00'}{zone or ''}")
    except ValueError as error:
        raise UsageError(f"{text} is no date", str(error), _AGES) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
    _check_past(text, moment, now)
    return moment


def _check_past(text: str, moment: datetime, now: datetime) -> None:
    if moment > now:
        raise UsageError(f"{text} is in the future", f"it is {now:%Y-%m-%d %H:%M} now", _AGES)
    if moment < EPOCH:
        raise UsageError(f"{text} is before 1970", "nothing in an engine is so old", _AGES)
