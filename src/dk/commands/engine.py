"""`dk engine run`: a command beside a throw-away engine of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from dk.commands.base import DkCommand, DkGroup, session_of
from dk.operations.private_engine import RunBesidePrivateEngine
from dk.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

app = typer.Typer(cls=DkGroup, rich_markup_mode=None, add_completion=False, no_args_is_help=True)


class EngineRunCommand(DkCommand):
    """Everything behind the first argument is the command."""

    docker_exit_codes = True
    options_end_at_argument = True
    completes: ClassVar[Mapping[str, str]] = {"command": "command", "dockerd": "file"}


@app.callback()
def engine() -> None:
    """Throw-away private engines, for tests and CI jobs."""


@app.command(
    "run",
    cls=EngineRunCommand,
    epilog="""
    dk engine run -- make test
    dk engine run -- sh -c 'docker load -i images.tar && pytest'
    dk engine run --dockerd /opt/docker-28/dockerd -- docker version
    """,
)
def run(
    context: typer.Context,
    command: Annotated[list[str], typer.Argument(metavar="CMD...", show_default=False)],
    dockerd: Annotated[
        str | None,
        typer.Option("--dockerd", metavar="PATH", help="The dockerd to start.", show_default=False),
    ] = None,
) -> int:
    """Start a private Docker engine, run CMD beside it with DOCKER_HOST set, remove all of it.

    It needs Linux, root and an installed dockerd. The engine has its own network, mounts and
    processes, and keeps its data in memory. It has no outside network: import or load the images
    that CMD needs. dk ends with CMD's exit code, or with 125 where the engine does not start.
    """
    from dk.engine.beside import BesidePrivateEngine

    session = session_of(context)
    operation = RunBesidePrivateEngine(command=tuple(command), dockerd=dockerd)
    applier = BesidePrivateEngine(session.environ, stdout_is_taken=session.options.json)
    return session.carry_out(Plan(operations=(operation,)), applier)
