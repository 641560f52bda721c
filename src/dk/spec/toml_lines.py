"""The lines of what is in a TOML text; tomllib knows none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

KeyPath = tuple[str | int, ...]
"""The path to a key, `("clean", "keep")`, or to an item of a list, `("clean", "keep", 0)`."""


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the line, from 1, of each key and each item of a list in a TOML text that is in order.

    The first line, where a table is opened in several. Tables of an array, `[[many]]`, have no
    index: their keys are `("many", "x")`.
    """
    lines: dict[KeyPath, int] = {}
    for path, line in _Lines(text).statements():
        lines.setdefault(path, line)
    return lines


_TOKEN = re.compile(
    r"""
    (?P<space>   [ \t\r]+ | \#[^\n]* )
  | (?P<string>  \"{3} (?:\\.|[^\\])*? \"{3,5}
               | '{3} .*? '{3,5}
               | " (?:\\.|[^"\\])* "
               | '[^']*' )
  | (?P<sign>    [\n\[\]{},.=] )
  | (?P<bare>    [^\s\#"'\[\]{},.=]+ )
    """,
    re.VERBOSE | re.DOTALL,
)


class _Lines:
    """Walks through the tokens of a TOML text; each is its sign, or its text, and its line."""

    def __init__(self, text: str) -> None:
        self._tokens = list(self._split(text))
        self._next = 0

    @staticmethod
    def _split(text: str) -> Iterator[tuple[str, str, int]]:
        line = 1
        for token in _TOKEN.finditer(text):
            if token.lastgroup != "space":
                yield token.lastgroup or "", token[0], line
            line += token[0].count("\n")

    def statements(self) -> Iterator[tuple[KeyPath, int]]:
        """Yield the keys of tables, and those of values with what is in them."""
        table: KeyPath = ()
        while self._next < len(self._tokens):
            line = self._tokens[self._next][2]
            if self._takes("["):
                self._takes("[")
                table = self._key()
                yield from _with_parents(table, 0, line)
                while self._takes("]"):
                    pass
            elif not self._takes("\n"):
                yield from self._pair(table)

    def _pair(self, table: KeyPath) -> Iterator[tuple[KeyPath, int]]:
        line = self._tokens[self._next][2]
        path = (*table, *self._key())
        yield from _with_parents(path, len(table), line)
        self._takes("=")
        yield from self._value(path)

    def _key(self) -> KeyPath:
        parts = [self._name()]
        while self._takes("."):
            parts.append(self._name())
        return tuple(parts)

    def _name(self) -> str:
        import tomllib

        kind, text, _ = self._tokens[self._next]
        self._next += 1
        return str(tomllib.loads(f"name = {text}")["name"]) if kind == "string" else text

    def _value(self, path: KeyPath) -> Iterator[tuple[KeyPath, int]]:
        if self._takes("{"):
            yield from self._items("}", path)
        elif self._takes("["):
            yield from self._items("]", path)
        else:
            while self._next < len(self._tokens) and self._sign() not in {"\n", ",", "]", "}"}:
                self._next += 1

    def _items(self, end: str, path: KeyPath) -> Iterator[tuple[KeyPath, int]]:
        index = 0
        while not self._takes(end):
            if self._takes(",") or self._takes("\n"):
                continue
            if end == "}":
                yield from self._pair(path)
            else:
                yield (*path, index), self._tokens[self._next][2]
                yield from self._value((*path, index))
                index += 1

    def _sign(self) -> str:
        kind, text, _ = self._tokens[self._next]
        return text if kind == "sign" else ""

    def _takes(self, sign: str) -> bool:
        found = self._next < len(self._tokens) and self._sign() == sign
        self._next += found
        return found


def _with_parents(path: KeyPath, known: int, line: int) -> Iterator[tuple[KeyPath, int]]:
    for end in range(known + 1, len(path) + 1):
        yield path[:end], line
