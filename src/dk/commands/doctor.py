"""`dk doctor`: what of docker works here, and how to mend what does not."""

from __future__ import annotations

import typer

from dk.commands.base import DkCommand, session_of
from dk.reports.doctor import DOCKER, doctor_report

app = typer.Typer(add_completion=False)


@app.command(
    cls=DkCommand,
    epilog="""
    dk doctor
    dk doctor --context prod
    dk doctor -q              what has a problem, nothing if all is well
    dk doctor --json | jq '.rows[] | select(.status == "problem") | .fix'
    """,
)
def doctor(context: typer.Context) -> int:
    """Check config.json, context, connection, versions, disk, plugins and credential helpers.

    It starts nothing and changes nothing. dk ends with 1 where there is a problem (✗); a note (!)
    is no problem.
    """
    session = session_of(context)
    if session.options.explain:
        return session.explain(DOCKER)
    from dk.engine.examine import examine

    options = session.options
    target, findings = examine(host=options.host, context=options.context, environ=session.environ)
    session.output.target = target
    return session.show(doctor_report(findings))
