"""How each shell says what was typed, and how it is answered.

An answer's first line is its kind and prefix; each other line is a candidate with its description,
parted by tabs. A candidate is never evaluated by a script: zsh and fish quote what they insert,
and bash, which does not, gets it quoted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dk.completion.candidates import Answer

_PLAIN = frozenset("_-./,:=@%+")
_ESCAPED_IN_DOUBLE_QUOTES = frozenset('$`"\\')


class BashLine(NamedTuple):
    """A line of bash up to the cursor: its words, the last one as it was typed, an open quote."""

    words: list[str]
    typed: str
    quote: str


def read_bash(line: str) -> BashLine:
    """Split a line as bash does, without expanding anything; it may end within quotes.

    bash's own words are cut at `:` and `=` too, so that they can't be used.
    """
    words = [""]
    begun, quote, start = False, "", len(line)
    at = 0
    while at < len(line):
        char = line[at]
        if not quote and char in " \t\n":
            if begun:
                words.append("")
            begun, start = False, len(line)
            at += 1
            continue
        if not begun:
            begun, start = True, at
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif char == "\\" and _escapes(quote, line[at + 1 : at + 2]):
            at += 1
            words[-1] += line[at : at + 1]
        else:
            words[-1] += char
        at += 1
    return BashLine(words, line[start:], quote)


def _escapes(quote: str, following: str) -> bool:
    return not quote or (quote == '"' and following in _ESCAPED_IN_DOUBLE_QUOTES)


def for_bash(answer: Answer, line: BashLine, word: str) -> Iterator[str]:
    """Yield the lines for bash, which puts each in the place of `word`, the line's last part."""
    yield answer.kind
    kept = read_bash(line.typed.removesuffix(word)).words[-1]
    for candidate in answer.candidates:
        value = (answer.prefix + candidate.value).removeprefix(kept)
        if not line.quote or _quoted(value) == value:
            yield _quoted(value)


def _quoted(value: str) -> str:
    return "".join(char if char.isalnum() or char in _PLAIN else f"\\{char}" for char in value)


def for_zsh(answer: Answer) -> Iterator[str]:
    """Yield the lines for zsh, which keeps the prefix and completes what is behind it."""
    yield f"{answer.kind}\t{answer.prefix}"
    for value, description in answer.candidates:
        yield f"{value}\t{description}"


def for_fish(answer: Answer) -> Iterator[str]:
    """Yield the lines for fish, which replaces the whole word."""
    yield f"{answer.kind}\t{answer.prefix}"
    for value, description in answer.candidates:
        yield f"{answer.prefix}{value}\t{description}"
