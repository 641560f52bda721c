"""Env files, by docker's own rules (`--env-file`) and by Compose's (`-e ./FILE`)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dk.errors import UsageError
from dk.spec.interpolation import Fault, interpolate
from dk.spec.secret import Secret

BOM = "\ufeff"
LONGEST_LINE = 64 * 1024  # bytes, line break included: docker reads with a buffer of this size
MOST_SHOWN = 20

# What Compose takes for blanks within a line, and white space as Go's unicode.IsSpace has it
# (Python's own also counts \x1c to \x1f).
_BLANK = "\t\v\f\r \x85\xa0"
_SPACE = (
    "\n" + _BLANK + "\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_LEADING = re.compile(f"[{_SPACE}]*")
_BLANKS = re.compile(f"[{_BLANK}]*")
_EXPORT = re.compile(r"export(?=[\t\n\f\r ])")
_KEY = re.compile(rf"[\w.\-\[\]{_BLANK}]*")
_QUOTED = {
    "'": re.compile(r"'((?:[^'\\]++|\\.)*+)'", re.DOTALL),
    '"': re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL),
}
_PAIR = re.compile(r"\\(.)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([abcfnrtv$\\])|0([0-9]{0,3}))")
_ESCAPED = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\",
    "c": "\\c",
    "$": "$$",  # the interpolation that follows makes it one
}  # fmt: skip

# Line and column, both from 1, with what is wrong there and what to do about it.
Problem = tuple[int, int, str, str]


@dataclass(frozen=True, slots=True)
class EnvEntry:
    """One variable of an env file; `value` is None where a bare KEY is not set in the environment.

    Such an entry sets nothing, and takes nothing back that was set before.
    """

    key: str
    value: Secret | None
    line: int


def parse_docker(data: bytes, name: str, environ: Mapping[str, str]) -> list[EnvEntry]:
    """Return the entries of an env file by the rules of `docker run --env-file`.

    One KEY=VALUE a line, the value taken as it stands; a bare KEY takes the value of `environ`;
    blank lines and lines that start with `#` are skipped. As docker/cli `pkg/kvfile`; NUL bytes
    are refused besides. `name` is the file's, for the errors: one UsageError tells all of them,
    with line and column, and none holds a value.
    """
    entries: list[EnvEntry] = []
    problems: list[Problem] = []
    for number, raw in enumerate(data.split(b"\n"), start=1):
        if len(raw) >= LONGEST_LINE:
            problems.append((number, 1, "the line is longer than 64 KiB", "set this one with -e"))
            continue
        try:
            line = raw.removesuffix(b"\r").decode()
        except UnicodeDecodeError as error:
            problems.append((number, *_not_utf8(data, raw[: error.start])))
            continue
        if number == 1:
            line = line.removeprefix(BOM)
        start = _end(_LEADING, line, 0)
        if start == len(line) or line[start] == "#":
            continue
        key, equals, value = line[start:].partition("=")
        if problem := _docker_problem(key, line):
            column, what, fix = problem
            problems.append((number, start + 1 + column, what, fix))
        elif equals:
            entries.append(EnvEntry(key, Secret(value), number))
        else:
            entries.append(_inherited(key, number, environ))
    _raise_all(name, problems)
    return entries


def parse_compose(data: bytes, name: str, environ: Mapping[str, str]) -> list[EnvEntry]:
    r"""Return the entries of an env file by Compose's rules.

    `[export] KEY=VALUE` or `KEY: VALUE`. A value in single quotes is literal, one in double
    quotes knows escapes, and both may span lines; an unquoted one ends at ` #`. Unquoted and
    double-quoted values are interpolated from `environ`, then from earlier lines. A bare KEY
    takes the value of `environ`. As compose-go `dotenv`; refused besides: an empty key and a
    bare KEY on a last line without a line break (Compose sets "" to a value there), white space
    in a key, NUL bytes, and what is not UTF-8. `name` is the file's, for the errors: one
    UsageError tells all of them, with line and column.
    """
    parser = _ComposeParser(_decode(data, name), environ)
    parser.parse()
    _raise_all(name, parser.problems)
    return parser.entries


class _ComposeParser:
    """Walks over the text of a file; `position` is where it stands, `line` the line of it."""

    def __init__(self, text: str, environ: Mapping[str, str]) -> None:
        self.text = text
        self.environ = environ
        self.position = 0
        self.line = 1
        self.counted = 0  # how far line breaks are counted
        self.entries: list[EnvEntry] = []
        self.values: dict[str, str] = {}
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
        key = self.text[start:end].rstrip(_SPACE)
        if problem := _compose_problem(key, terminator):
            column, what, fix = problem
            self._problem(start + (end - start if column < 0 else column), what, fix)
            self.position = self._line_end()
            return
        line = self._line_at(start)
        self.position = end + 1
        if terminator == "\n":
            entry = _inherited(key, line, self.environ)
            if entry.value is not None:
                self.values[key] = entry.value.reveal()
            self.entries.append(entry)
            return
        self.position = _end(_BLANKS, self.text, self.position)
        value = self._value()
        if value is not None:
            self.values[key] = value
            self.entries.append(EnvEntry(key, Secret(value), line))
        else:
            self.values[key] = "?"  # what was faulty here is no fault of the lines that use it

    def _value(self) -> str | None:
        """Return the value at `position` and step behind it; None when it is faulty."""
        start = self.position
        quote = self.text[start : start + 1]
        if quote not in _QUOTED:
            self.position = self._line_end()
            value = self.text[start : self.position].partition(" #")[0]
            return self._interpolated(value.rstrip(_SPACE), start)
        quoted = _QUOTED[quote].match(self.text, start)
        if not quoted:
            self._problem(start, f"the {quote} is not closed", f"end the value with {quote}")
            self.position = len(self.text)
            return None
        self.position = quoted.end()
        value = _PAIR.sub(lambda pair: pair[1] if pair[1] == quote else pair[0], quoted[1])
        if quote == "'":
            return value
        return self._interpolated(_ESCAPE.sub(_unescape, value), start)

    def _interpolated(self, template: str, start: int) -> str | None:
        faults: list[Fault] = []
        value = interpolate(template, self._lookup, faults)
        if "\0" in value:
            faults.append(("the value holds a NUL byte", "an environment can't hold one"))
        for what, fix in faults:
            self._problem(start, what, fix)
        return None if faults else value

    def _lookup(self, key: str) -> str | None:
        return self.environ.get(key, self.values.get(key))

    def _line_end(self) -> int:
        end = self.text.find("\n", self.position)
        return len(self.text) if end < 0 else end

    def _line_at(self, position: int) -> int:
        self.line += self.text.count("\n", self.counted, position)
        self.counted = position
        return self.line

    def _problem(self, position: int, what: str, fix: str) -> None:
        column = position - self.text.rfind("\n", 0, position)
        self.problems.append((self._line_at(position), column, what, fix))


def _docker_problem(key: str, line: str) -> tuple[int, str, str] | None:
    """Return column within the key, what is wrong and what to do; None for a good line."""
    if not key:
        return 0, "the name before = is empty", "write NAME=value"
    if key.startswith("export "):
        return 0, "docker's env files have no `export`", "write NAME=value, or use -e ./FILE"
    if white := re.search(r"[ \t]", key):
        return white.start(), "a name holds no white space", "write NAME=value without spaces"
    if "\0" in line:
        return 0, "the line holds a NUL byte", "an environment can't hold one"
    return None


def _compose_problem(key: str, terminator: str) -> tuple[int, str, str] | None:
    """Return column within the key (-1: behind it), what is wrong and what to do."""
    if terminator not in ("=", ":", "\n", ""):
        shown = terminator if terminator.isprintable() else repr(terminator)
        return -1, f"{shown} can't stand in a name", "names hold letters, digits and _ . - [ ]"
    if not key:
        return 0, "the name is empty", "write NAME=value"
    if white := re.search(f"[{_BLANK}]", key):
        return white.start(), "a name holds no white space", "write NAME=value, or quote the value"
    if not terminator:
        return 0, "a bare name on a last line that is not ended", "add a line break, or write NAME="
    return None


def _inherited(key: str, line: int, environ: Mapping[str, str]) -> EnvEntry:
    value = environ.get(key)
    return EnvEntry(key, None if value is None else Secret(value), line)


def _unescape(match: re.Match[str]) -> str:
    if match[1]:
        return _ESCAPED[match[1]]
    digits = match[2]
    if re.fullmatch(r"[0-3][0-7]{2}", digits):
        return chr(int(digits, 8))
    return "\\" + digits


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Return where a pattern that matches anywhere, if only nothing, ends."""
    match = pattern.match(text, position)
    return match.end() if match else position


def _decode(data: bytes, name: str) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line_start = before.rfind(b"\n") + 1
        problem = (before.count(b"\n") + 1, *_not_utf8(data, before[line_start:]))
        raise _error(name, [problem]) from None
    if (nul := text.find("\0")) >= 0:
        line = text.count("\n", 0, nul) + 1
        column = nul - text.rfind("\n", 0, nul)
        what, fix = "the file holds a NUL byte", "an environment can't hold one"
        raise _error(name, [(line, column, what, fix)])
    return text.removeprefix(BOM)


def _not_utf8(data: bytes, before: bytes) -> tuple[int, str, str]:
    """Return column, what is wrong and what to do; `before` is the line's good part."""
    kind = ", it looks like UTF-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ""
    return len(before.decode()) + 1, f"not UTF-8{kind}", "save the file as UTF-8"


def _raise_all(name: str, problems: list[Problem]) -> None:
    if problems:
        raise _error(name, problems)


def _error(name: str, problems: list[Problem]) -> UsageError:
    line, column, what, fix = problems[0]
    more = problems[1:]
    why = ""
    if more:
        shown = [f"line {line}:{column} {what}" for line, column, what, _ in more[:MOST_SHOWN]]
        hidden = [f"and {len(more) - MOST_SHOWN} more"] if len(more) > MOST_SHOWN else []
        why = f"also {'; '.join(shown + hidden)}"
    return UsageError(f"{name}:{line}:{column}: {what}", why, fix)
