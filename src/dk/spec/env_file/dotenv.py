"""Env files by the rules of python-dotenv, read by its own parser."""

from __future__ import annotations

import re
from collections import ChainMap
from io import StringIO
from typing import TYPE_CHECKING

from dk.spec.env_file.reading import EnvEntry, Problem, Reading, decode
from dk.spec.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dotenv.parser import Binding

_NAME = re.compile(r"\s*(?:export[^\S\n]+)?('[^']+'|[^=#\s]*)")
_EQUALS = re.compile(r"[^\S\n]*=[^\S\n]*")
_QUOTED = re.compile(r"""'(?:[^'\\]++|\\.)*+'|"(?:[^"\\]++|\\.)*+\"""", re.DOTALL)
_BLANKS = re.compile(r"\s*")
_NOT_IN_NAME = re.compile(r"[\s=]")


def read_dotenv(data: bytes, environ: Mapping[str, str]) -> Reading:
    """Read an env file as python-dotenv's `dotenv_values` does.

    `${NAME}` and `${NAME:-default}` are filled in from earlier lines, then from `environ`. A bare
    KEY is not set, whatever was said of it before. Where `dotenv_values` warns and drops the
    line, this has a problem; refused besides are NUL bytes, and quoted names with white space or =.
    """
    from dotenv.parser import parse_stream
    from dotenv.variables import parse_variables

    text, problems = decode(data)
    values: dict[str, str | None] = {}
    known: ChainMap[str, str | None] = ChainMap(values, dict(environ))
    entries: list[EnvEntry] = []
    # Every kind of line break is read as \n, as in a file that python-dotenv opens itself.
    for binding in parse_stream(StringIO(text, newline=None)):
        if binding.error or (binding.key and _NOT_IN_NAME.search(binding.key)):
            problems.append(_problem(binding))
        elif binding.key is not None:
            value = binding.value
            if value is not None:
                value = "".join(atom.resolve(known) for atom in parse_variables(value))
            values[binding.key] = value
            secret = None if value is None else Secret(value)
            entries.append(EnvEntry(binding.key, secret, _place(binding, _start(binding))[0]))
    entries = [e._replace(value=None) if values[e.key] is None else e for e in entries]
    return Reading(entries, problems)


def _problem(binding: Binding) -> Problem:
    """Return why python-dotenv takes no such statement, or why no environment does."""
    text = binding.original.string
    name = _NAME.match(text)
    if not name or not name[1]:
        offset = name.end() if name else 0
        return Problem(*_place(binding, offset), "the name is empty", "write NAME=value")
    if binding.key:
        what = "a name holds no white space and no ="
        return Problem(*_place(binding, name.start(1)), what, "write NAME=value")
    if name[1].startswith("'") and not name[1].endswith("'"):
        return Problem(*_place(binding, name.start(1)), "the ' is not closed", "write NAME=value")
    equals = _EQUALS.match(text, name.end())
    if not equals:
        what, fix = "text behind a name without =", "write NAME=value"
        return Problem(*_place(binding, _end(_BLANKS, text, name.end())), what, fix)
    quote = text[equals.end() : equals.end() + 1]
    quoted = _QUOTED.match(text, equals.end())
    if not quoted:
        what, fix = f"the {quote} is not closed", f"end the value with {quote}"
        return Problem(*_place(binding, equals.end()), what, fix)
    what, fix = f"text behind the closing {quote}", "put it within the quotes, or a # before it"
    return Problem(*_place(binding, _end(_BLANKS, text, quoted.end())), what, fix)


def _start(binding: Binding) -> int:
    return _end(_BLANKS, binding.original.string, 0)


def _place(binding: Binding, offset: int) -> tuple[int, int]:
    """Return line and column of a place in the statement's text."""
    text = binding.original.string
    line = binding.original.line + text.count("\n", 0, offset)
    return line, offset - text.rfind("\n", 0, offset)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
