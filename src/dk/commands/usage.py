"""Typer's complaints about arguments, in dk's one error form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer._click.exceptions import ClickException, MissingParameter, NoSuchOption
from typer._click.exceptions import UsageError as ClickUsageError

from dk.errors import UsageError
from dk.plans.names import nearest

if TYPE_CHECKING:
    from typer._click.core import Context


DOCKERS = frozenset(
    """
    attach build builder buildx commit compose config container context cp create diff events exec
    export history image images import info init inspect kill load login logout logs manifest
    network node plugin port pull push rename restart rmi save scout search secret service stack
    start stats stop swarm system tag top trust unpause update version volume wait
    """.split()
)


def usage_error(error: ClickException, command: str) -> UsageError:
    """Return the error with the nearest option, and where to read on in `command`'s help."""
    context = error.ctx if isinstance(error, ClickUsageError) else None
    path = context.command_path if context else f"dk {command}".strip()
    help_line = f"{path} --help shows what there is"
    if isinstance(error, NoSuchOption):
        return _no_such_option(error, path, help_line)
    if isinstance(error, MissingParameter) and error.param is not None and context is not None:
        name = error.param.make_metavar(context).rstrip(".")
        return UsageError(f"{path}: {name} is missing", fix=help_line)
    message = error.format_message().rstrip(".")
    if (extra := message.partition("extra argument")[2]) and (found := extra.rpartition("(")[2]):
        return UsageError(f"{path} takes no {found.rstrip(')')}", fix=help_line)
    message = message[:1].lower() + message[1:]
    what, _, hint = message.partition(". Did you mean ")
    return UsageError(what, fix=f"did you mean {hint}" if hint else help_line)


def unknown_command(name: str, names: list[str]) -> UsageError:
    """Return the error for a command that dk does not have; one of docker's is known as such."""
    if name in DOCKERS:
        return UsageError(f"dk has no {name} yet", fix=f"use docker {name}")
    near = nearest(name, names)
    fix = f"did you mean dk {near[0]}?" if near else "dk shows what there is"
    return UsageError(f"no command {name}", fix=fix)


def _no_such_option(error: NoSuchOption, path: str, help_line: str) -> UsageError:
    docker_only = getattr(error.ctx.command, "docker_only", ()) if error.ctx else ()
    if error.option_name in docker_only:
        command = path.removeprefix("dk ")
        return UsageError(
            f"{path} does not have docker's {error.option_name} yet",
            fix=f"use docker {command} for it",
        )
    near = _nearest(error.option_name, error.ctx)
    fix = f"did you mean {near}?" if near else help_line
    return UsageError(f"{path} has no option {error.option_name}", fix=fix)


def _nearest(name: str, context: Context | None) -> str | None:
    from difflib import get_close_matches

    if context is None:
        return None
    flags = [flag for param in context.command.params for flag in param.opts]
    long = [flag for flag in flags if flag.startswith("--")]
    matches = get_close_matches(name, long, n=1, cutoff=0.7)
    return matches[0] if matches else None
