"""`dk undo`: put back what a run of dk removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dk.commands.base import DkCommand, session_of
from dk.errors import DkError, UsageError

if TYPE_CHECKING:
    from dk.plans.undo_state import Run
    from dk.session import Session

app = typer.Typer(add_completion=False)


@app.command(
    cls=DkCommand,
    epilog="""
    dk undo                   the last run that removed something, after a question
    dk undo --dry-run         only show what would come back
    dk undo --list            which runs there are
    dk undo 20261124-1150     this one, by the beginning of its name
    """,
)
def undo(
    context: typer.Context,
    run: Annotated[str | None, typer.Argument(metavar="[RUN]", show_default=False)] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the runs on this engine that removed something.")
    ] = False,
) -> int:
    """Put back what dk removed: networks, containers (stopped), tags, images with a digest.

    What volumes held and what containers wrote is not in the journal. A run is kept for 30 days.
    """
    session = session_of(context)
    if list_:
        if run is not None:
            raise UsageError(
                f"--list lists all runs, not {run} alone", fix=f"dk undo --dry-run {run}"
            )
        return _list(session)
    return _undo(session, run)


def _list(session: Session) -> int:
    from datetime import UTC, datetime

    from dk.reports.undo import undo_report

    now = datetime.now(UTC)
    if session.options.explain:
        return session.show(undo_report((), now))
    from dk.journal.reading import runs, runs_elsewhere

    identity = session.engine.lasting_id
    found = tuple(runs(session.environ, identity))
    elsewhere = runs_elsewhere(session.environ, identity)
    if elsewhere and not session.options.quiet:
        session.output.notice(f"{elsewhere} more on other engines (-H or --context names one)")
    return session.show(undo_report(found, now))


def _undo(session: Session, named: str | None) -> int:
    from dk.engine.observe_undo import observe_for_undo
    from dk.engine.restore import Restorer
    from dk.journal.reading import find_run, note_restored, runs
    from dk.plan import Plan
    from dk.plans.undo import plan_undo

    environ, identity = session.environ, session.engine.lasting_id
    if named is not None:
        run = find_run(environ, identity, named)
    else:
        last = next(runs(environ, identity), None)
        if last is None:
            nothing = "dk has removed nothing on this engine within 30 days"
            return session.carry_out(Plan(operations=(), notices=(nothing,)))
        run = last
    _check_over(run)
    plan = plan_undo(run, observe_for_undo(session.engine), chosen=named is None)
    restorer = Restorer(
        session.engine,
        lambda target, new_id: note_restored(
            environ, identity, run.id, (target.kind, target.id), new_id
        ),
    )
    return session.carry_out(plan, restorer)


def _check_over(run: Run) -> None:
    if run.active:
        raise DkError(
            f"the run {run.id} is not over yet",
            f"dk {run.command} still removes things",
            "wait for it, or name another run: dk undo --list",
        )
