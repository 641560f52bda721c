"""What a voice says, by key and as it was written: the flags, or the table `[clean]` of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from dk.errors import UsageError
from dk.spec.clean_config.places import Said, errors_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dk.spec.clean_config.places import ConfigFile
    from dk.spec.clean_options import SaidFlags

T = TypeVar("T")

TABLE = "clean"
KEYS = (
    "all", "grace", "keep", "keep-last", "kinds", "label", "named-volumes", "older-than", "project",
    "unused-for", "volumes",
)  # fmt: skip
"""What `[clean]` may hold."""


class Words(NamedTuple):
    """The values of one voice by their keys; of the flags where there is no file."""

    values: Mapping[str, Any]
    file: ConfigFile | None = None

    def one(self, key: str, read: Callable[[Any], T]) -> Said[T] | None:
        """Return what is read from a key's value, None where nothing was said. UsageError."""
        if key not in self.values:
            return None
        with errors_at(self._name(key)):
            return Said(read(self.values[key]), self._place(key))

    def items(self, key: str, read: Callable[[Any, str], T]) -> Said[tuple[Said[T], ...]] | None:
        """Return what is read from each item of a list and its source, as `one` does."""
        if key not in self.values:
            return None
        values = self.values[key]
        if not isinstance(values, list | tuple):
            raise UsageError(f"{self._name(key)}: not a list", fix=f'write {key} = ["…"]')
        found = []
        for index, value in enumerate(values):
            source = self._place(key, index)
            with errors_at(self._name(key, index)):
                found.append(Said(read(value, source), source))
        return Said(tuple(found), self._place(key))

    def _place(self, key: str, *index: int) -> str:
        if self.file is not None:
            return self.file.place(TABLE, key, *index)
        return "KIND" if key == "kinds" else f"--{key}"

    def _name(self, key: str, *index: int) -> str:
        source = self._place(key, *index)
        return f"{source}: {key}" if self.file else source


def flag_words(said: SaidFlags) -> Words:
    """Return what the flags say."""
    values = {key: getattr(said, key.replace("-", "_")) for key in KEYS}
    return Words({key: value for key, value in values.items() if value not in (None, ())})


def file_words(file: ConfigFile | None) -> Words:
    """Return what the table `[clean]` says. UsageError for what is no table, and a strange key."""
    if file is None or TABLE not in file.table:
        return Words({})
    values = file.table[TABLE]
    if not isinstance(values, dict):
        raise UsageError(f"{file.place(TABLE)}: {TABLE} is not a table", fix=f"write [{TABLE}]")
    for key in values:
        if key not in KEYS:
            raise _unknown_key(file, key)
    return Words(values, file)


def _unknown_key(file: ConfigFile, key: str) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(key.lower().replace("_", "-"), KEYS, n=1)
    return UsageError(
        f"{file.place(TABLE, key)}: [{TABLE}] has no key {key!r}",
        "" if near else f"the keys are {', '.join(KEYS)}",
        f"write {near[0]}" if near else "correct it or take it out",
    )
