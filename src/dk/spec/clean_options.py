"""What `dk clean` was asked to do, however it was said: flags, config.toml, dk.toml, config.json."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

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
