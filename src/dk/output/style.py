"""Colour, where a terminal is there to show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO


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
