"""`dk run`: a container made and started, with docker's flags and a few of dk's own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperOption

from dk.commands.base import DkCommand, session_of
from dk.errors import NoEngineError
from dk.files import read_file
from dk.plans.run import RunState, plan_run
from dk.spec.build import Surroundings, build_spec
from dk.spec.environment import hints
from dk.spec.run_options import DOCKER_ONLY, RUN_OPTIONS, read_pull

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typer._click.core import Context

    from dk.session import Session
    from dk.spec.container import ContainerSpec

VALUES = "dk.run.values"

app = typer.Typer(add_completion=False)


class RunCommand(DkCommand):
    """Takes its options from the table; all behind IMAGE belongs to the container."""

    docker_only = DOCKER_ONLY
    docker_exit_codes = True
    options_end_at_argument = True

    def __init__(self, name: str | None, **attributes: Any) -> None:
        attributes["params"] = [*_options(), *attributes["params"]]
        super().__init__(name, **attributes)

    def invoke(self, ctx: Context) -> Any:
        """Hand the options of the table to the handler in one piece."""
        ctx.meta[VALUES] = {option.field: ctx.params.pop(option.field) for option in RUN_OPTIONS}
        return super().invoke(ctx)


def _options() -> list[TyperOption]:
    return [
        TyperOption(
            param_decls=[option.field, *option.flags],
            is_flag=option.kind == "switch",
            multiple=option.repeats,
            type=None if option.kind == "switch" else str,
            default=None,
            metavar=option.metavar or None,
            help=option.help,
            rich_help_panel=option.panel,
        )
        for option in RUN_OPTIONS
    ]


@app.command(
    cls=RunCommand,
    epilog="""
    dk run --rm alpine echo hello
    dk run -d --name web -p 8080:80 nginx
    dk run --env .env -p 8080:80 --net web app       .env by Compose's rules; web is made if missing
    dk run -it --rm alpine sh
    dk run --explain --env .env app                  the docker commands, nothing run
    """,
)
def run(
    context: typer.Context,
    image: Annotated[str, typer.Argument(metavar="IMAGE", show_default=False)],
    command: Annotated[
        list[str] | None, typer.Argument(metavar="[COMMAND...]", show_default=False)
    ] = None,
) -> int:
    """Make a container from an image and start it; docker's flags mean what they mean there.

    Attached (without -d) it shows the container's output and ends with its exit code.
    """
    session = session_of(context)
    values: Mapping[str, Any] = context.meta[VALUES]
    spec = build_spec(
        image,
        tuple(command or ()),
        values,
        Surroundings(cwd=_cwd(), environ=session.environ, read_file=read_file),
    )
    for notice in hints(spec.environment, os.path.exists):
        session.output.notice(notice)
    pull = read_pull(values["pull"] or "missing")
    return session.carry_out(plan_run(spec, pull, _observe(session, spec)))


def _cwd() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 - as a text
    except FileNotFoundError:  # removed under our feet; only relative paths would need it
        return "/"


def _observe(session: Session, spec: ContainerSpec) -> RunState:
    from dk.engine.observe import observe_for_run

    try:
        return observe_for_run(session.engine, spec)
    except NoEngineError as error:
        if not session.options.explain:
            raise
        session.output.notice(f"{error.what}: image and network are taken to be there")
        return RunState()
