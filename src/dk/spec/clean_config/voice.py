"""What one voice says, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from dk.errors import UsageError
from dk.spec.age import parse_age, parse_grace
from dk.spec.clean_options import parse_kind, parse_label_filter
from dk.spec.keep_pattern import compile_glob, parse_keep

if TYPE_CHECKING:
    from datetime import datetime

    from dk.spec.clean_config.places import Said
    from dk.spec.clean_config.words import Words
    from dk.spec.clean_options import Age, KeepPattern, LabelFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What one voice says, None where nothing. An age or a count of None turns the rule off."""

    kinds: Said[tuple[Said[str], ...]] | None
    volumes: Said[bool] | None
    all: Said[bool] | None
    grace: Said[timedelta] | None
    older_than: Said[Age | None] | None
    unused_for: Said[Age | None] | None
    keep_last: Said[int | None] | None
    keep: tuple[Said[KeepPattern], ...]
    label: tuple[Said[LabelFilter], ...]
    project: Said[str] | None
    named_volumes: Said[tuple[Said[str], ...]] | None

    @classmethod
    def of(cls, words: Words, now: datetime) -> Voice:
        """Read the words. Raises UsageError for the first that can't be, with its place."""
        keep = words.items("keep", lambda value, source: parse_keep(_text(value), source))
        label = words.items("label", lambda value, source: parse_label_filter(_text(value), source))
        return cls(
            kinds=words.items("kinds", lambda value, _: parse_kind(_text(value))),
            volumes=words.one("volumes", _bool),
            all=words.one("all", _bool),
            grace=words.one("grace", lambda value: parse_grace(_age_text(value))),
            older_than=words.one("older-than", lambda value: _age(value, now)),
            unused_for=words.one("unused-for", lambda value: _age(value, now)),
            keep_last=words.one("keep-last", _count),
            keep=keep.value if keep else (),
            label=label.value if label else (),
            project=words.one("project", _filled),
            named_volumes=words.items("named-volumes", lambda value, _: _glob(value)),
        )


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise UsageError(
            f"{_in_toml(value)} is not true or false", fix="write true or false, unquoted"
        )
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        one = "one text" if isinstance(value, list | dict) else "it"
        raise UsageError(f"{_in_toml(value)} is not a text", fix=f"write {one} in quotes")
    return value


def _filled(value: Any) -> str:
    if not _text(value).strip():
        raise UsageError("the name is empty", fix="name the project, or leave this out")
    return _text(value)


def _glob(value: Any) -> str:
    compile_glob(_text(value))
    return _text(value)


def _count(value: Any) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise UsageError(f"{_in_toml(value)} is not a whole number", fix="e.g. 3")
    if value < 0:
        raise UsageError(f"{value} is less than 0", fix="e.g. 3; 0 turns it off")
    return value or None


def _age_text(value: Any) -> str:
    """Return how an age would be said as a flag; TOML has numbers and dates of its own."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise UsageError(f"{_in_toml(value)} is not a time", fix='e.g. "24h"')
    return value


def _age(value: Any, now: datetime) -> Age | None:
    age = parse_age(_age_text(value), now)
    return None if age.duration == timedelta() else age


def _in_toml(value: Any) -> str:
    """Name a value as it stands in the file, not as Python has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a table"
    return repr(value)
