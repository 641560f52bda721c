"""Rows laid out in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.output.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dk.report import Column, Row

GAP = "   "
SHORTEST = 10  # a column that would have to be shorter is dropped instead


def table(columns: Sequence[Column], rows: Sequence[Row], width: int | None) -> list[str]:
    """Return the lines of a table, its header first.

    Where `width` (in columns of a terminal) is too small, columns shorten and then go, those of the
    highest rank first; a line never wraps. With `width` None every cell stays whole.
    """
    cells = [[visible(cell) for cell in row.cells] for row in rows]
    texts = [[column.title for column in columns], *cells]
    widths = [max(cell_width(line[i]) for line in texts) for i in range(len(columns))]
    if width is not None:
        _fit(columns, widths, width)
    shown = [i for i, size in enumerate(widths) if size > 0]
    return [
        GAP.join(_pad(line[i], widths[i], right=columns[i].right) for i in shown).rstrip()
        for line in texts
    ]


def _fit(columns: Sequence[Column], widths: list[int], width: int) -> None:
    """Shorten columns, those of the highest rank first; drop one where that is not enough."""
    by_rank = sorted(range(len(columns)), key=lambda i: -columns[i].rank)
    for dropped in range(len(columns) + 1):
        kept = [i for i in by_rank[dropped:] if widths[i]]
        left = {i: widths[i] for i in kept}
        for index in kept:
            excess = sum(left.values()) + len(GAP) * (len(left) - 1) - width
            if excess > 0 and columns[index].rank:
                left[index] = max(left[index] - excess, min(left[index], SHORTEST))
        excess = sum(left.values()) + len(GAP) * (len(left) - 1) - width
        if excess > 0 and any(columns[i].rank for i in kept):
            continue
        if excess > 0:
            widest = max(left, key=lambda i: left[i])
            left[widest] = max(1, left[widest] - excess)
        widths[:] = [left.get(i, 0) for i in range(len(columns))]
        return


def _pad(text: str, width: int, *, right: bool) -> str:
    if cell_width(text) > width:
        text = _cut(text, width)
    space = " " * (width - cell_width(text))
    return space + text if right else text + space


def _cut(text: str, width: int) -> str:
    while cell_width(text) > width - 1:
        text = text[:-1]
    return text + "…"


def cell_width(text: str) -> int:
    """Return how many terminal columns `text` takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def wrapped(text: str, width: int | None) -> list[str]:
    """Return the lines of a text of words; one that is longer than `width` stays whole."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and (width is None or cell_width(f"{lines[-1]} {word}") <= width):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
