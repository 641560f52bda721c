"""Env files by docker's own rules: one KEY=VALUE a line, taken as it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dk.spec.env_file.reading import (
    BOM,
    SPACE,
    EnvEntry,
    Problem,
    Reading,
    inherited,
    not_utf8,
    nul_byte,
)
from dk.spec.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_LINE = 64 * 1024  # bytes, line break included: docker reads with a buffer of this size

_WHITE = re.compile(r"[ \t]")


def read_docker(data: bytes, environ: Mapping[str, str]) -> Reading:
    """Read an env file by the rules of `docker run --env-file`.

    The value is taken as it stands; a bare KEY takes the value of `environ`; blank lines and
    lines that start with `#` are skipped. As docker/cli `pkg/kvfile`; NUL bytes are refused
    besides.
    """
    entries: list[EnvEntry] = []
    problems: list[Problem] = []
    for number, raw in enumerate(data.split(b"\n"), start=1):
        if len(raw) >= LONGEST_LINE:
            what = "the line is longer than 64 KiB"
            problems.append(Problem(number, 1, what, "set this one with -e"))
            continue
        try:
            line = raw.removesuffix(b"\r").decode()
        except UnicodeDecodeError as error:
            problems.append(not_utf8(data, number, raw[: error.start]))
            continue
        if number == 1:
            line = line.removeprefix(BOM)
        text = line.lstrip(SPACE)
        if not text or text[0] == "#":
            continue
        key, equals, value = text.partition("=")
        if problem := _problem(key, text, number, len(line) - len(text) + 1):
            problems.append(problem)
        elif equals:
            entries.append(EnvEntry(key, Secret(value), number))
        else:
            entries.append(inherited(key, number, environ))
    return Reading(entries, problems)


def _problem(key: str, text: str, line: int, column: int) -> Problem | None:
    """Return what is wrong with a line whose text begins at `column`; None for a good one."""
    if not key:
        return Problem(line, column, "the name before = is empty", "write NAME=value")
    if key.startswith("export "):
        what = "docker's env files have no `export`"
        return Problem(line, column, what, "write NAME=value, or add --env-format compose")
    if white := _WHITE.search(key):
        what, fix = "a name holds no white space", "write NAME=value without spaces"
        return Problem(line, column + white.start(), what, fix)
    if (nul := text.find("\0")) >= 0:
        return nul_byte(line, column + nul)
    return None
