"""Rows laid out in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.output.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dk.plan import Column, Row

GAP = "   "
SHORTEST = 8  # a column shortened below this is dropped instead


def table(columns: Sequence[Column], rows: Sequence[Row], width: int | None) -> list[str]:
    """Return the lines of a table, its header first.

    Where `width` (in columns of a terminal) is too small, columns of the highest rank shorten and
    then go; a line never wraps. With `width` None every cell stays whole.
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
    by_rank = sorted(range(len(columns)), key=lambda i: -columns[i].rank)
    for index in by_rank:
        shown = [size for size in widths if size > 0]
        excess = sum(shown) + len(GAP) * (len(shown) - 1) - width
        if excess <= 0:
            return
        if columns[index].rank == 0:
            continue
        shorter = widths[index] - excess
        widths[index] = shorter if shorter >= SHORTEST else 0
    shown = [size for size in widths if size > 0]
    excess = sum(shown) + len(GAP) * (len(shown) - 1) - width
    if excess > 0:
        widest = max(range(len(widths)), key=lambda i: widths[i])
        widths[widest] = max(1, widths[widest] - excess)


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
