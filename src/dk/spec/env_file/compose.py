"""Env files by Compose's rules: quotes, escapes, `export` and interpolation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dk.spec.env_file.reading import BLANK, SPACE, EnvEntry, Problem, Reading, decode, inherited
from dk.spec.interpolation import Fault, interpolate
from dk.spec.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LEADING = re.compile(f"[{SPACE}]*")
_BLANKS = re.compile(f"[{BLANK}]*")
_EXPORT = re.compile(r"export(?=[\t\n\f\r ])")
_KEY = re.compile(rf"[\w.\-\[\]{BLANK}]*")
_WHITE = re.compile(f"[{BLANK}]")
_QUOTED = {
    "'": re.compile(r"'((?:[^'\\]++|\\.)*+)'", re.DOTALL),
    '"': re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL),
}
_PAIR = re.compile(r"\\(.)", re.DOTALL)
_ESCAPE = re.compile(r'\\(?:([abcfnrtv$\\"])|0([0-9]{0,3}))')
_BYTE = re.compile(r"[0-3][0-7]{2}")
_ESCAPED = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\",
    '"': '"',
    "c": "\\c",
    "$": "$$",  # the interpolation that follows makes it one
}  # fmt: skip


def read_compose(data: bytes, environ: Mapping[str, str], earlier: Mapping[str, str]) -> Reading:
    r"""Read an env file by Compose's rules.

    `[export] KEY=VALUE` or `KEY: VALUE`. A value in single quotes is literal, one in double
    quotes knows escapes, and both may span lines; an unquoted one ends at ` #`. Unquoted and
    double-quoted values are interpolated from `environ`, then from earlier lines, then from
    `earlier`: what was set before the file. A bare KEY takes the value of `environ`. As
    compose-go `dotenv`; refused besides: an empty key and a bare KEY on a last line without a
    line break (Compose sets "" to a value there), white space in a key, NUL bytes, and what is
    not UTF-8.

    An entry whose value is faulty stays, so that the lines and files that use it are not blamed.
    """
    text, problems = decode(data)
    if problems:
        return Reading((), problems)
    parser = _Parser(text, environ, earlier)
    parser.parse()
    return Reading(parser.entries, parser.problems)


class _Parser:
    """Walks over the text of a file; `position` is where it stands."""

    def __init__(self, text: str, environ: Mapping[str, str], earlier: Mapping[str, str]) -> None:
        self.text = text
        self.environ = environ
        self.values = dict(earlier)
        self.position = 0
        self.line = 1
        self.line_start = 0
        self.counted = 0  # how far line breaks are counted
        self.entries: list[EnvEntry] = []
        self.problems: list[Problem] = []

    def parse(self) -> None:
        """Read all statements. After a bad name the next line is tried."""
        while True:
            self.position = _end(_LEADING, self.text, self.position)
            if self.position == len(self.text):
                return
            if self.text[self.position] == "#":
                self.position = self._line_end()
            else:
                self._statement()

    def _statement(self) -> None:
        if _EXPORT.match(self.text, self.position):
            self.position = _end(_BLANKS, self.text, self.position + len("export"))
        start = self.position
        end = _end(_KEY, self.text, start)
        terminator = self.text[end : end + 1]
        key = self.text[start:end].rstrip(SPACE)
        if problem := _name_problem(key, terminator):
            column, what, fix = problem
            self._problem(start + (end - start if column < 0 else column), what, fix)
            self.position = self._line_end()
            return
        line = self._line_at(start)
        self.position = end + 1
        if terminator == "\n":
            entry = inherited(key, line, self.environ)
        else:
            self.position = _end(_BLANKS, self.text, self.position)
            entry = EnvEntry(key, Secret(self._value()), line)
        if entry.value is not None:
            self.values[key] = entry.value.reveal()
        self.entries.append(entry)

    def _value(self) -> str:
        """Return the value at `position` and step behind it."""
        start = self.position
        quote = self.text[start : start + 1]
        if quote not in _QUOTED:
            self.position = self._line_end()
            value = self.text[start : self.position].partition(" #")[0].rstrip(SPACE)
            return self._interpolated(value, "", start)
        quoted = _QUOTED[quote].match(self.text, start)
        if not quoted:
            self._problem(start, f"the {quote} is not closed", f"end the value with {quote}")
            self.position = len(self.text)
            return "?"
        self.position = quoted.end()
        raw = quoted[1]
        if quote == "'":
            return _PAIR.sub(lambda pair: "'" if pair[1] == "'" else pair[0], raw)
        return self._interpolated(_ESCAPE.sub(_unescape, raw), raw, start + 1)

    def _interpolated(self, template: str, raw: str, start: int) -> str:
        """Fill in a template that stands at `start`, with its escapes as `raw` if it has any.

        Return "?" where that is faulty.
        """
        faults: list[Fault] = []
        value = interpolate(template, self._lookup, faults)
        if not faults and "\0" in value:
            faults.append(Fault(0, "the value holds a NUL byte", "an environment can't hold one"))
        offsets = _raw_offsets(raw, [fault.offset for fault in faults])
        for offset, (_, what, fix) in zip(offsets, faults, strict=True):
            self._problem(start + offset, what, fix)
        return "?" if faults else value

    def _lookup(self, key: str) -> str | None:
        return self.environ.get(key, self.values.get(key))

    def _line_end(self) -> int:
        end = self.text.find("\n", self.position)
        return len(self.text) if end < 0 else end

    def _line_at(self, position: int) -> int:
        """Return the line of a position, which is never before one that was asked for."""
        if breaks := self.text.count("\n", self.counted, position):
            self.line += breaks
            self.line_start = self.text.rfind("\n", self.counted, position) + 1
        self.counted = position
        return self.line

    def _problem(self, position: int, what: str, fix: str) -> None:
        line = self._line_at(position)
        self.problems.append(Problem(line, position - self.line_start + 1, what, fix))


def _name_problem(key: str, terminator: str) -> tuple[int, str, str] | None:
    """Return offset within the key (-1: behind it), what is wrong and what to do."""
    if terminator not in ("=", ":", "\n", ""):
        shown = terminator if terminator.isprintable() else repr(terminator)
        return -1, f"{shown} can't stand in a name", "names hold letters, digits and _ . - [ ]"
    if not key:
        return 0, "the name is empty", "write NAME=value"
    if white := _WHITE.search(key):
        return white.start(), "a name holds no white space", "write NAME=value, or quote the value"
    if not terminator:
        return 0, "a bare name on a last line that is not ended", "add a line break, or write NAME="
    return None


def _unescape(match: re.Match[str]) -> str:
    if match[1]:
        return _ESCAPED[match[1]]
    digits = match[2]
    return chr(int(digits, 8)) if _BYTE.fullmatch(digits) else "\\" + digits


def _raw_offsets(raw: str, offsets: Sequence[int]) -> Iterator[int]:
    """Yield where in `raw` stands what is at these offsets, in order, once its escapes are read."""
    escapes = _ESCAPE.finditer(raw)
    escape = next(escapes, None)
    shift = 0  # how much shorter the text has become so far
    for offset in offsets:
        while escape and escape.start() - shift < offset:
            shift += len(escape[0]) - len(_unescape(escape))
            escape = next(escapes, None)
        yield offset + shift


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Return where a pattern that matches anywhere, if only nothing, ends."""
    match = pattern.match(text, position)
    return match.end() if match else position
