"""Compose's interpolation: `$NAME`, `${NAME}` and `${NAME<operator>text}`."""

import re
from collections.abc import Callable
from typing import NamedTuple

Lookup = Callable[[str], str | None]


class Fault(NamedTuple):
    """Where in the template what is wrong, and what to do about it; never the value around it."""

    offset: int
    what: str
    fix: str


DEEPEST = 50
_NAME = "[A-Za-z_][A-Za-z0-9_]*"
_START = re.compile(rf"\$(?:(?P<escaped>\$)|(?P<name>{_NAME})|\{{)")
_BRACED = re.compile(rf"(?P<name>{_NAME})(?:\}}|(?P<operator>:?[-+?]))")
_BRACE = re.compile(r"\{.?|\}|\n")


def interpolate(template: str, lookup: Lookup, faults: list[Fault], base: int = 0) -> str:
    """Return the template with its variables filled in; what is wrong with it goes to `faults`.

    Their offsets count from `base`.
    `lookup` gives None for a variable that is not set. Operators: `:-` and `-` (a default),
    `:+` and `+` (a text when set), `:?` and `?` (an error when not set); the colon also counts
    an empty value as not set. Texts are interpolated in turn, and only when used. `$$` is a
    dollar sign; a `$` before anything else stays. As compose-go `template.Substitute`.
    """
    parts = []
    position = 0
    while start := _START.search(template, position):
        parts.append(template[position : start.start()])
        position = start.end()
        if start["escaped"]:
            parts.append("$")
        elif start["name"]:
            parts.append(lookup(start["name"]) or "")
        else:
            value, position = _braced(template, position, lookup, faults, base)
            parts.append(value)
    parts.append(template[position:])
    return "".join(parts)


def _braced(
    template: str, start: int, lookup: Lookup, faults: list[Fault], base: int
) -> tuple[str, int]:
    """Return the value of the `${…}` whose brace ends at `start`, and where it ends."""
    place = base + start - len("${")
    head = _BRACED.match(template, start)
    if head and not head["operator"]:
        return lookup(head["name"]) or "", head.end()
    end = _closing_brace(template, start, head.end()) if head else -1
    if not head or end < 0:
        what = f"${{ is not followed by a name and a closing }} (at most {DEEPEST} in each other)"
        faults.append(Fault(place, what, "write $$ for a dollar sign itself"))
        return "", len(template)  # where the next one starts is not clear
    text = template[head.end() : end]
    name, operator = head["name"], head["operator"]
    value = lookup(name)
    is_set = bool(value) if operator[0] == ":" else value is not None
    match operator[-1]:
        case "?":
            if not is_set:
                state = "not set" if value is None else "empty"
                what = f"{name} is required and {state}" + (f": {text}" if text else "")
                fix = f"set {name} in the environment or on an earlier line"
                faults.append(Fault(place, what, fix))
            return value or "", end + 1
        case "-" if is_set:
            return value or "", end + 1
        case "+" if not is_set:
            return "", end + 1
    return interpolate(text, lookup, faults, base + head.end()), end + 1


def _closing_brace(template: str, start: int, text_start: int) -> int:
    """Return where the `${…}` closes: at the brace that balances it, else the line's last one.

    As compose-go counts: the character behind an opening brace is never a brace of its own, and
    a line break ends the search. -1 when there is none, or one too deep.
    """
    depth = 1
    last = -1
    position = start + 1  # the first character of the name
    while brace := _BRACE.search(template, position):
        position = brace.end()
        if brace[0] == "\n":
            break
        if brace[0] == "}":
            depth -= 1
            last = brace.start()
            if depth == 0:
                return last
        else:
            depth += 1
            if depth > DEEPEST:
                return -1
            if brace[0] == "{}":
                last = brace.end() - 1
    return last if last >= text_start else -1
