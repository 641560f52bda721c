"""Where a thing was said, to tell it in errors and in `--show-config`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from dk.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dk.spec.toml_lines import KeyPath

T = TypeVar("T")


class Said(NamedTuple, Generic[T]):
    """A value, and where it was said: a flag, or a file and its line."""

    value: T
    source: str


class ConfigFile(NamedTuple):
    """A TOML file of dk's: its path, what is in it, and the line of each key and list item."""

    path: str
    table: Mapping[str, Any]
    lines: Mapping[KeyPath, int]

    def place(self, *keys: str | int) -> str:
        """Return FILE:LINE of a key or an item, else of the nearest thing around it."""
        for end in range(len(keys), 0, -1):
            if keys[:end] in self.lines:
                return f"{self.path}:{self.lines[keys[:end]]}"
        return self.path


@contextmanager
def errors_at(place: str) -> Iterator[None]:
    """Put the place before what a UsageError says."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{place}: {error.what}", error.why, error.fix) from None
