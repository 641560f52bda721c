"""What `dk clean` was asked to do, in flags and files, and what came of it all together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from dk.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

KINDS = ("containers", "images", "networks", "volumes", "cache")
DEFAULT_KINDS = ("containers", "images", "networks", "cache")
DEFAULT_GRACE = timedelta(minutes=10)


class Age(NamedTuple):
    """An age that was asked for, as a duration before now or as a moment; `text` as it was said."""

    text: str
    duration: timedelta | None = None
    moment: datetime | None = None

    def before(self, now: datetime) -> datetime:
        """Return the moment: what is older was before it."""
        return self.moment if self.moment is not None else now - (self.duration or timedelta())


class KeepPattern(NamedTuple):
    """What stays: a glob over names, references and repositories, or `label:KEY[=VALUE]`.

    `source` says where it was said: "--keep" or a file.
    """

    text: str
    source: str = "--keep"


class LabelFilter(NamedTuple):
    """A label that a resource must have, or with `negated` must not have, to be taken.

    `value` None is any value. `source` is "--label" or docker's config.json.
    """

    key: str
    value: str | None = None
    negated: bool = False
    source: str = "--label"

    @property
    def text(self) -> str:
        """Return KEY[=VALUE], as it is written behind --label."""
        return self.key if self.value is None else f"{self.key}={self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanOptions:
    """Which kinds, and by which rules. The defaults are the safe ones."""

    kinds: tuple[str, ...] = DEFAULT_KINDS
    all: bool = False
    grace: timedelta = DEFAULT_GRACE
    older_than: Age | None = None
    unused_for: Age | None = None
    created_before: Age | None = None  # docker's `until` of pruneFilters
    keep_last: int | None = None
    keep: tuple[KeepPattern, ...] = ()
    labels: tuple[LabelFilter, ...] = ()
    project: str | None = None
    named_volumes: tuple[str, ...] = ()  # globs
    show_kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidFlags:
    """The flags of one call as they were written; None or empty where one was not."""

    kinds: tuple[str, ...] = ()
    volumes: bool | None = None
    all: bool | None = None
    grace: str | None = None
    older_than: str | None = None
    unused_for: str | None = None
    keep_last: int | None = None
    keep: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    project: str | None = None
    named_volumes: tuple[str, ...] = ()
    show_kept: bool = False


class PruneConfig(NamedTuple):
    """`pruneFilters` of docker's config.json, and the path of that file."""

    entries: tuple[str, ...]
    file: str


class Setting(NamedTuple):
    """One setting in force: its name, its value, and where that was said.

    `value` is None where nothing is set. What adds up has a setting for each item.
    """

    name: str
    value: bool | int | str | tuple[str, ...] | None
    source: str


class Resolved(NamedTuple):
    """The options in force, what the project's file could not have, and where each is from."""

    options: CleanOptions
    notices: tuple[str, ...]
    settings: tuple[Setting, ...]


def parse_kind(text: str) -> str:
    """Return the kind that a word means; the singular is taken too. Raises UsageError."""
    kind = _SINGULAR.get(text, text)
    if kind in KINDS:
        return kind
    from difflib import get_close_matches

    near = get_close_matches(text.lower(), KINDS, n=1)
    raise UsageError(
        f"{text!r} is no kind of thing that can be cleaned",
        "" if near else f"the kinds are {', '.join(KINDS)}",
        f"try {near[0]}" if near else "name one of them",
    )


def parse_label_filter(text: str, source: str, *, negated: bool = False) -> LabelFilter:
    """Return the filter that KEY[=VALUE] means, as docker's `label=` and, negated, `label!=`.

    KEY= wants an empty value. Raises UsageError.
    """
    key, equals, value = text.partition("=")
    if not key.strip():
        raise UsageError(f"{text!r}: the label's key is empty", fix="e.g. team=core")
    bare = key.strip("!")
    if bare != key:
        raise UsageError(
            f"{text}: dk has no filter for what lacks a label",
            fix=f"keep what has it: --keep 'label:{bare}{equals}{value}'",
        )
    return LabelFilter(key, value if equals else None, negated, source)


_SINGULAR = {kind.removesuffix("s"): kind for kind in KINDS}
