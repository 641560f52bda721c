"""`dk ps`: which containers there are."""

from __future__ import annotations

from typing import Annotated

import typer

from dk.commands.base import DkCommand, session_of
from dk.reports.ps import ps_report

app = typer.Typer(add_completion=False)


class PsCommand(DkCommand):
    """Docker's other flags are refused by name."""

    docker_only = frozenset(
        {
            "--filter",
            "-f",
            "--format",
            "--last",
            "-n",
            "--latest",
            "-l",
            "--no-trunc",
            "--size",
            "-s",
        }
    )


@app.command(
    cls=PsCommand,
    epilog="""
    dk ps -a                  stopped ones too
    dk ps -q                  ids only, for scripts
    dk ps --json | jq '.rows[].name'
    """,
)
def ps(
    context: typer.Context,
    stopped: Annotated[
        bool, typer.Option("--all", "-a", help="Show stopped containers too.")
    ] = False,
) -> int:
    """List containers: name, image, state, published ports, networks."""
    session = session_of(context)
    quiet = session.options.quiet
    containers = () if session.options.explain else session.engine.containers(stopped=stopped)
    return session.show(ps_report(containers, stopped=stopped, quiet=quiet))
