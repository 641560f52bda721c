"""`dk run`: a container made and started, with docker's flags and a few of dk's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer
from typer.core import TyperOption

from dk.commands.base import DkCommand, session_of
from dk.commands.docker_syntax import OptionalValueOption
from dk.errors import ExitCode, NoEngineError, UsageError
from dk.files import read_file
from dk.plans.run import plan_run
from dk.plans.run_state import RunState, RunWishes
from dk.spec.build import build_spec, read_value
from dk.spec.environment import hints
from dk.spec.run_options import DOCKER_ONLY, RUN_OPTIONS
from dk.spec.surroundings import Surroundings
from dk.spec.wait import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from typer._click.core import Context, Parameter

    from dk.session import Session
    from dk.spec.container import ContainerSpec
    from dk.spec.run_options import RunOption

VALUES = "dk.run.values"
NOWHERE = Surroundings("/", {}, read_file)

app = typer.Typer(add_completion=False)


class RunCommand(DkCommand):
    """Takes its options from the table; all behind IMAGE belongs to the container."""

    docker_only = DOCKER_ONLY
    docker_exit_codes = True
    options_end_at_argument = True
    completes: ClassVar[Mapping[str, str]] = {
        **{option.field: option.completes for option in RUN_OPTIONS},
        "image": "image",
    }

    def __init__(self, name: str | None, **attributes: Any) -> None:
        attributes["params"] = [*_options(), *attributes["params"]]
        super().__init__(name, **attributes)

    def invoke(self, ctx: Context) -> Any:
        """Hand the options of the table to the handler in one piece."""
        ctx.meta[VALUES] = {option.field: ctx.params.pop(option.field) for option in RUN_OPTIONS}
        return super().invoke(ctx)


def _options() -> list[TyperOption]:
    return [
        (OptionalValueOption if option.kind == "optional" else TyperOption)(
            param_decls=[option.field, *option.flags],
            is_flag=option.kind == "switch",
            multiple=option.repeats,
            type=None if option.kind == "switch" else str,
            default=None,
            metavar=option.metavar or None,
            help=option.help,
            rich_help_panel=option.panel,
            callback=None if option.docker else _early(option),
        )
        for option in RUN_OPTIONS
    ]


def _early(option: RunOption) -> Callable[[Context, Parameter, str | None], str | None]:
    """Return what reads an option of dk's own at once: `--wait nginx` is not a missing IMAGE."""

    def check(_context: Context, _parameter: Parameter, said: str | None) -> str | None:
        read_value(option, said, NOWHERE)
        return said

    return check


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
    surroundings = Surroundings(_cwd(), session.environ, read_file, session.engine.proxies)
    spec = build_spec(image, tuple(command or ()), values, surroundings)
    wishes = _wishes(values, spec, surroundings)
    for notice in hints(spec.environment, os.path.exists):
        session.output.notice(notice)
    code = session.carry_out(plan_run(spec, wishes, _observe(session, spec, wishes)))
    if code != ExitCode.RUN_FAILED and not (session.options.dry_run or session.options.explain):
        from dk.journal.uses import note_use

        note_use(session.environ, spec.names_used)
    return code


def _wishes(
    values: Mapping[str, Any], spec: ContainerSpec, surroundings: Surroundings
) -> RunWishes:
    read = {
        option.field: read_value(option, values[option.field], surroundings)
        for option in RUN_OPTIONS
        if option.field in {"pull", "wait", "wait_port", "timeout"}
    }
    if values["replace"] and not spec.name:
        raise UsageError(
            "--replace takes the place of a container of that name, and there is no --name",
            fix="add --name NAME",
        )
    return RunWishes(
        pull=read["pull"] or "missing",
        replace=bool(values["replace"]),
        mkdir=bool(values["mkdir"]),
        wait=wait_for(read["wait"], read["wait_port"], read["timeout"], detached=bool(spec.detach)),
    )


def _cwd() -> str:
    try:
        return str(Path.cwd())
    except FileNotFoundError:  # removed under our feet; only relative paths would need it
        return "/"


def _observe(session: Session, spec: ContainerSpec, wishes: RunWishes) -> RunState:
    from dk.engine.observe import observe_for_run

    try:
        return observe_for_run(session.engine, spec, wishes)
    except NoEngineError as error:
        if not session.options.explain:
            raise
        session.output.notice(f"{error.what}: image and network are taken to be there")
        return RunState()
