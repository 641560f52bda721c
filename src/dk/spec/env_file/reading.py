"""What every dialect of env files makes of a file, and how its problems are told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from dk.errors import UsageError
from dk.spec.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BOM = "\ufeff"
MOST_SHOWN = 20

BLANK = "\t\v\f\r \x85\xa0"
"""What Compose takes for blanks within a line."""

SPACE = (
    "\n" + BLANK + "\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""White space as Go's unicode.IsSpace has it (Python's own also counts \\x1c to \\x1f)."""


class EnvEntry(NamedTuple):
    """One variable of an env file; `value` is None where a bare KEY is not set in the environment.

    Such an entry sets nothing, and takes nothing back that was set before.
    """

    key: str
    value: Secret | None
    line: int


class Problem(NamedTuple):
    """What is wrong at a line and column, both from 1, and what to do; never a value."""

    line: int
    column: int
    what: str
    fix: str


@dataclass(frozen=True)
class Reading:
    """A file as one dialect reads it; with problems, its entries must not be used."""

    entries: Sequence[EnvEntry]
    problems: Sequence[Problem]

    @cached_property
    def values(self) -> dict[str, str]:
        """Return what the file sets: the last value of each variable."""
        return {entry.key: entry.value.reveal() for entry in self.entries if entry.value}

    def error(self, name: str) -> UsageError:
        """Return all problems as one error; the first gives its place and its fix."""
        line, column, what, fix = self.problems[0]
        shown = [f"line {p.line}:{p.column} {p.what}" for p in self.problems[1 : MOST_SHOWN + 1]]
        if len(self.problems) > MOST_SHOWN + 1:
            shown.append(f"and {len(self.problems) - MOST_SHOWN - 1} more")
        why = f"also {'; '.join(shown)}" if shown else ""
        return UsageError(f"{name}:{line}:{column}: {what}", why, fix)


def inherited(key: str, line: int, environ: Mapping[str, str]) -> EnvEntry:
    """Return the entry of a bare KEY, which takes over what the environment has."""
    return EnvEntry(key, Secret(environ[key]) if key in environ else None, line)


def decode(data: bytes) -> tuple[str, list[Problem]]:
    """Return a file's text without its BOM, or the first place where it is none."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line_start = before.rfind(b"\n") + 1
        return "", [not_utf8(data, before.count(b"\n") + 1, before[line_start:])]
    if (nul := text.find("\0")) >= 0:
        line = text.count("\n", 0, nul) + 1
        return "", [nul_byte(line, nul - text.rfind("\n", 0, nul))]
    return text.removeprefix(BOM), []


def not_utf8(data: bytes, line: int, before: bytes) -> Problem:
    """Return the problem of a byte that is not UTF-8; `before` is the line's good part."""
    kind = ", it looks like UTF-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ""
    return Problem(line, len(before.decode()) + 1, f"not UTF-8{kind}", "save the file as UTF-8")


def nul_byte(line: int, column: int) -> Problem:
    """Return the problem of a NUL byte."""
    return Problem(line, column, "a NUL byte", "an environment can't hold one: remove it")
