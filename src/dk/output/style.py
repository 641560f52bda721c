"""Colour and signs, where a terminal is there to show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dk.report import Mark

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO


class Look(NamedTuple):
    """What the reader's side can show."""

    colour: bool
    unicode: bool


_SIGNS = {
    Mark.GOOD: ("✓", "ok", "green"),
    Mark.NOTE: ("!", "!", "bold yellow"),
    Mark.BAD: ("✗", "x", "bold red"),
    Mark.OPEN: ("-", "-", "dim"),
}
"""For each mark its sign, the one in ASCII, and the style."""


def sign(mark: Mark, look: Look) -> str:
    """Return the sign of a mark, all of one width."""
    unicode, ascii_only, style = _SIGNS[mark]
    text = unicode if look.unicode else ascii_only.ljust(2)
    return paint(text, style, colour=look.colour)


def is_unicode(stream: TextIO) -> bool:
    """Whether every character can be written to `stream`."""
    return (stream.encoding or "utf-8").lower() in {"utf-8", "utf8"}


def has_colour(stream: TextIO, environ: Mapping[str, str], *, no_color: bool) -> bool:
    """Whether colour is wanted on `stream`: a terminal, and none of the ways to say no."""
    refused = no_color or bool(environ.get("NO_COLOR")) or environ.get("TERM") == "dumb"
    return stream.isatty() and not refused


def paint(text: str, style: str, *, colour: bool) -> str:
    """Return `text` in a rich style such as "bold red", or as it is."""
    if not colour:
        return text
    from rich.style import Style

    return Style.parse(style).render(text)
