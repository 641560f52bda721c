"""What people read: pure functions from dk's types to lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.output.style import paint, sign
from dk.output.table import GAP, table, wrapped
from dk.output.visible import visible
from dk.plan import Status
from dk.report import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dk.engine.context import Target as EngineTarget
    from dk.errors import DkError
    from dk.output.style import Look
    from dk.plan import Plan, Result
    from dk.report import Report


def report(report: Report, width: int | None, look: Look) -> Iterator[str]:
    """Yield a report as blocks, findings or a table; on a terminal an empty one says so."""
    if report.blocks:
        yield from _blocks(report, colour=look.colour)
        return
    if any(row.mark for row in report.rows):
        yield from _findings(report, width, look)
        return
    if not report.rows and report.empty and width is not None:
        yield report.empty
        return
    header, *lines = table(report.columns, report.rows, width)
    yield paint(header, "bold", colour=look.colour)
    yield from lines


def _findings(report: Report, width: int | None, look: Look) -> Iterator[str]:
    """Yield each finding with its sign, and below it in one line what to do, ready to copy."""
    size = max(len(row.cells[0]) for row in report.rows)
    arrow = "→" if look.unicode else "->"
    for row in report.rows:
        checked, found, fix = map(visible, row.cells)
        mark = row.mark or Mark.GOOD
        margin = len(sign(mark, look._replace(colour=False))) + 1
        indent = margin + size + len(GAP)
        style = "dim" if mark is Mark.OPEN else ""
        lines = wrapped(found, width - indent if width else None)
        head = f"{sign(mark, look)} {paint(checked.ljust(size), 'bold', colour=look.colour)}{GAP}"
        for line in lines:
            yield head + paint(line, style, colour=look.colour and bool(style))
            head = " " * indent
        if fix:
            yield f"{' ' * margin}{arrow} {paint(fix, 'cyan', colour=look.colour)}"
    if report.summary:
        yield ""
        yield paint(report.summary, "bold", colour=look.colour)


def _blocks(report: Report, *, colour: bool) -> Iterator[str]:
    size = max(len(column.title) for column in report.columns[1:])
    for row in report.rows:
        yield paint(visible(row.cells[0]), "bold", colour=colour)
        for column, cell in zip(report.columns[1:], row.cells[1:], strict=True):
            title = column.title
            for line in cell.splitlines():
                yield f"  {paint(title.ljust(size), 'dim', colour=colour)}  {visible(line)}"
                title = ""


def quiet(report: Report) -> Iterator[str]:
    """Yield the one line of each row that has one."""
    for row in report.rows:
        if row.quiet:
            yield visible(row.quiet)


def plan(
    plan: Plan, engine: EngineTarget | None, width: int | None, *, colour: bool
) -> Iterator[str]:
    """Yield the engine, then each operation with its cause; a table where dk chose the targets."""
    if engine is not None:
        context = f" (context {visible(engine.context)})"
        yield paint(f"engine {visible(engine.address)}{context}", "dim", colour=colour)
    if plan.itemised:
        from dk.output.inventory import inventory

        yield from inventory(plan, width, colour=colour)
        return
    if not plan.operations:
        yield "nothing to do"
    for operation in plan.operations:
        cause = f": {visible(operation.cause)}" if operation.cause else ""
        yield f"{operation.verb} {visible(operation.target.name)}{cause}"


def result(result: Result, *, brief: bool, colour: bool) -> Iterator[str]:
    """Yield what was done: in a pipe the printed line of each outcome, else its sheet."""
    for outcome in result.outcomes:
        if outcome.status is not Status.DONE or outcome.done is None:
            continue
        if outcome.done.sheet and not brief:
            size = max(len(label) for label, _ in outcome.done.sheet)
            for label, text in outcome.done.sheet:
                yield f"{paint(label.ljust(size), 'dim', colour=colour)}  {visible(text)}"
        elif outcome.done.printed:
            yield visible(outcome.done.printed)


def left_over(result: Result) -> Iterator[str]:
    """Yield what was skipped, with why; that a transaction ends at its first error goes unsaid."""
    if result.plan.transaction and result.errors:
        return
    for outcome in result.outcomes:
        if outcome.status is Status.SKIPPED and not (outcome.left and result.plan.itemised):
            name = visible(outcome.operation.target.name)
            yield f"skipped {outcome.operation.target.kind} {name}: {visible(outcome.reason)}"


def notice(text: str) -> str:
    """Return a notice as a line for stderr."""
    return f"note: {visible(text)}\n"


def error(error: DkError, *, colour: bool) -> str:
    """Return an error in its one form: what, why, what to do, a line each."""
    lines = [paint("dk:", "bold red", colour=colour) + f" {visible(error.what)}"]
    lines += [f"    {visible(error.why)}"] if error.why else []
    lines += [paint(f"    | {visible(line)}", "dim", colour=colour) for line in error.log]
    lines += [f"    {visible(error.fix)}"] if error.fix else []
    return "".join(f"{line}\n" for line in lines)
