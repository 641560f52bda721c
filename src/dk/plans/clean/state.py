"""What `dk clean` looks at before it plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from dk.plans.clean.layers import Store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dk.model import CacheRecord, Container, DiskUsage, Image, Network, Volume

FIRST_PLAUSIBLE = datetime(2013, 1, 1, tzinfo=UTC)
"""Docker's first year. Builds that can be repeated write 1970 or 1980 into their images."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanState:
    """The engine's resources as they were at `now`, by the engine's own clock.

    `images` holds the untagged parents of the classic builder too. `uses` has the last known use
    by name or id: what dk ran, what containers that are gone had used. A kind that was not asked
    for is empty, but containers and images are always there, then without what only a look at each
    of them tells.
    """

    now: datetime
    api_version: tuple[int, ...] = (1, 51)
    containers: tuple[Container, ...] = ()
    images: tuple[Image, ...] = ()
    networks: tuple[Network, ...] = ()
    volumes: tuple[Volume, ...] = ()
    cache: tuple[CacheRecord, ...] = ()
    uses: Mapping[str, datetime] = field(default_factory=dict)
    usage: DiskUsage | None = None
    store: Store = Store.CLASSIC


class Fate(NamedTuple):
    """The containers by what becomes of them, for what they use."""

    stay: tuple[Container, ...]
    go: tuple[Container, ...]


def latest(*dates: datetime | None) -> datetime | None:
    """Return the latest of the dates that are known and that an engine can have made."""
    return max((date for date in dates if date and date >= FIRST_PLAUSIBLE), default=None)
