"""`dk rm`: remove the named containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from dk.commands.base import DkCommand, session_of
from dk.plans.rm import plan_rm

if TYPE_CHECKING:
    from collections.abc import Mapping

app = typer.Typer(add_completion=False)


class RmCommand(DkCommand):
    """Docker's other flags are refused by name."""

    docker_only = frozenset({"--link", "-l"})
    completes: ClassVar[Mapping[str, str]] = {"names": "container"}


@app.command(
    cls=RmCommand,
    epilog="""
    dk rm web                 remove a container that has ended
    dk rm -f web db           kill them first
    dk rm -v web              its anonymous volumes too
    dk rm --dry-run web       show what would go
    """,
)
def rm(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME...", show_default=False)],
    force: Annotated[
        bool, typer.Option("--force", "-f", help="Kill a running container first.")
    ] = False,
    volumes: Annotated[
        bool, typer.Option("--volumes", "-v", help="Remove its anonymous volumes too.")
    ] = False,
) -> int:
    """Remove containers that have ended; with -f running ones as well."""
    session = session_of(context)
    containers = session.engine.containers(stopped=True)
    return session.carry_out(plan_rm(names, containers, force=force, volumes=volumes))
