"""What `dk undo` plans from: what a run destroyed, and what the engine has now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dk.plan import Memory


class Entry(NamedTuple):
    """One resource in the journal.

    `removed` is None where the run ended before anybody knew. `restored` is the id under which it
    was put back since, empty where it was not.
    """

    memory: Memory
    removed: bool | None = None
    restored: str = ""


class Run(NamedTuple):
    """One call of dk that destroyed something, as the journal has it."""

    id: str
    command: str  # without "dk": "clean"
    engine: str  # the engine's id
    address: str
    time: datetime
    entries: tuple[Entry, ...] = ()
    active: bool = False  # still going on

    @property
    def destroyed(self) -> tuple[Entry, ...]:
        """What it removed, or may have removed."""
        return tuple(entry for entry in self.entries if entry.removed is not False)


class ObservedNetwork(NamedTuple):
    """A network that is there, with what it has taken."""

    id: str
    name: str
    subnets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoState:
    """What the engine has at `now`: names by id of the containers, tags by id of the images."""

    now: datetime
    api_version: tuple[int, ...] = (1, 51)
    containers: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    networks: tuple[ObservedNetwork, ...] = ()
    volumes: frozenset[str] = frozenset()
