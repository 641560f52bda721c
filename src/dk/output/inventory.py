"""A plan whose targets dk chose: every item by kind, what stays, and what comes free."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from dk.output.style import paint
from dk.output.table import cell_width, table
from dk.output.visible import visible
from dk.plan import Removal, Status
from dk.report import Column, Row
from dk.spec.size import write_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dk.plan import Kept, Operation, Plan, Prediction, Result

COLUMNS = (
    Column("NAME", 1),
    Column("AGE", right=True),
    Column("SIZE", right=True),
    Column("UNDO"),
    Column("WHY"),
)
INDENT = "  "
LAYERED = frozenset({"image", "cache"})
"""The kinds whose bytes are the engine's layers; those of others are files of their own."""
ANONYMOUS = re.compile("[0-9a-f]{64}")
SHORT = 12  # digits, as docker prints an id


def plural(kind: str) -> str:
    """Return what there is several of: "containers"."""
    return "cache records" if kind == "cache" else f"{kind}s"


def singular(kind: str) -> str:
    """Return what there is one of: "container"."""
    return "cache record" if kind == "cache" else kind


def inventory(plan: Plan, width: int | None, *, colour: bool) -> Iterator[str]:
    """Yield every removal by kind, then what stays by rule, then the total."""
    removals = [operation for operation in plan.operations if isinstance(operation, Removal)]
    header, *lines = _lines([_cells(removal) for removal in removals], width)
    position = 0
    for kind, group in groupby(removals, key=lambda removal: removal.target.kind):
        count = len(list(group))
        yield paint(f"{plural(kind)} ({count})", "bold", colour=colour)
        if position == 0:
            yield paint(header[0], "dim", colour=colour)
        for item in lines[position : position + count]:
            yield from item
        position += count
    yield from kept(plan.kept, itemised=plan.shows_kept, colour=colour)
    yield paint(total(plan), "bold", colour=colour)


def _lines(cells: list[tuple[str, ...]], width: int | None) -> list[list[str]]:
    """Return the lines of each item, the header's first: one, or two where one is too narrow."""
    whole = table(COLUMNS, [Row(each, "", {}) for each in cells], None)
    if width is None or all(cell_width(line) + len(INDENT) <= width for line in whole):
        return [[INDENT + line] for line in whole]
    narrow = table(COLUMNS[:-1], [Row(each[:-1], "", {}) for each in cells], width - len(INDENT))
    reasons = ["", *(INDENT * 2 + visible(each[-1]) for each in cells)]
    return [[INDENT + line, INDENT + why] for line, why in zip(narrow, reasons, strict=True)]


def _cells(removal: Removal) -> tuple[str, ...]:
    name = removal.target.name
    return (
        f"{name[:SHORT]}…" if ANONYMOUS.fullmatch(name) else name,
        removal.age or "?",
        write_size(removal.size) if removal.size is not None else "",
        removal.undo.value,
        removal.cause,
    )


def kept(things: Sequence[Kept], *, itemised: bool, colour: bool) -> Iterator[str]:
    """Yield what stays: a line for each rule, or with `itemised` one for each thing."""
    if itemised:
        for thing in things:
            yield paint(
                f"keep {thing.kind} {visible(thing.name)}: {_why(thing)}", "dim", colour=colour
            )
        return
    counts = Counter((thing.kind, thing.rule) for thing in things)
    for (kind, rule), count in counts.items():
        what = plural(kind) if count > 1 else singular(kind)
        yield paint(f"keep {count} {what}: {visible(rule)}", "dim", colour=colour)


def _why(thing: Kept) -> str:
    return visible(f"{thing.rule} {thing.detail}".strip())


def total(plan: Plan) -> str:
    """Return how much a plan removes, and the bytes that come free by it."""
    if not plan.operations:
        return "nothing to remove"
    counts = Counter(operation.target.kind for operation in plan.operations)
    what = ", ".join(
        f"{count} {plural(kind) if count > 1 else singular(kind)}" for kind, count in counts.items()
    )
    frees = []
    if plan.prediction is not None and LAYERED & set(counts):
        frees.append(bytes_of(plan.prediction))
    files = sum(_own_files(operation) for operation in plan.operations)
    if files:
        frees.append(f"≈ {write_size(files)} of files")
    return f"to remove: {what}" + (f"; frees {' and '.join(frees)}" if frees else "")


def _own_files(operation: Operation) -> int:
    if not isinstance(operation, Removal) or operation.target.kind in LAYERED:
        return 0
    return operation.size or 0


def bytes_of(prediction: Prediction) -> str:
    """Return predicted bytes; where they may differ, with the reason."""
    if prediction.exact:
        return f"{write_size(prediction.size)} exactly"
    return f"≈ {write_size(prediction.size)} ({prediction.why})"


def done(result: Result) -> Iterator[str]:
    """Yield a line on each thing that is gone: what, and why."""
    for outcome in result.outcomes:
        if outcome.status is Status.DONE:
            target = outcome.operation.target
            cause = visible(outcome.operation.cause)
            yield f"removed {target.kind} {visible(target.name)}: {cause}"


def summary(result: Result) -> str:
    """Return what became of such a plan: counts, and bytes predicted beside measured."""
    counts = Counter(outcome.status for outcome in result.outcomes if not outcome.left)
    left = [outcome for outcome in result.outcomes if outcome.left]
    parts = [f"removed {counts[Status.DONE]} of {len(result.outcomes)}"]
    parts += [f"{len(left)} left ({left[0].reason})"] if left else []
    parts += [f"{counts[Status.SKIPPED]} skipped"] * bool(counts[Status.SKIPPED])
    parts += [f"{counts[Status.FAILED]} failed"] * bool(counts[Status.FAILED])
    lines = [", ".join(parts)]
    kinds = {operation.target.kind for operation in result.plan.operations}
    if result.plan.prediction is not None and LAYERED & kinds:
        lines.append(f"predicted {bytes_of(result.plan.prediction)}")
    if result.freed is not None and result.freed.engine is not None and LAYERED & kinds:
        lines.append(f"the engine measured {write_size(result.freed.engine)}")
    if result.freed is not None and result.freed.file_system is not None:
        lines.append(f"the file system gave back {write_size(result.freed.file_system)}")
    return "; ".join(lines)
