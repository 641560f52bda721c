"""What a shell asks with `dk __complete`: the candidates at the cursor, read from the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer._click.core import Context
from typer.core import TyperArgument, TyperOption

from dk.commands.base import DkCommand, DkGroup
from dk.commands.docker_syntax import OptionalValueOption
from dk.completion.candidates import Answer, Candidate, answer
from dk.completion.shells import for_bash, for_fish, for_zsh, read_bash
from dk.completion.syntax import Argument, Option, Syntax, locate
from dk.errors import DkError, ExitCode, UsageError
from dk.options import SHARED_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from typer._click.core import Command

    from dk.session import Session


def complete(session: Session, root: Command, argv: Sequence[str]) -> int:
    """Print what may stand at the cursor, in the form of `dk.completion.shells`.

    `argv` is the shell's name and what was typed: for bash the line up to the cursor and its last
    part, for the others the words behind `dk` up to the cursor. Where nothing is known, because
    no engine answers or a context is broken, nothing is said: errors have no place in a line
    that somebody is typing.
    """
    match argv:
        case ["bash", line, last]:
            typed = read_bash(line)
            lines = for_bash(_answer(session, root, typed.words[1:]), typed, last)
        case ["zsh", *words]:
            lines = for_zsh(_answer(session, root, words))
        case ["fish", *words]:
            lines = for_fish(_answer(session, root, words))
        case _:
            raise UsageError(
                "dk __complete is for the scripts of dk completion", fix="dk completion --help"
            )
    session.streams.out("".join(f"{line}\n" for line in lines))
    return ExitCode.DONE


def _answer(session: Session, root: Command, words: Sequence[str]) -> Answer:
    command: Command | None = root
    said: dict[str, str] = {}

    def ask(source: str) -> Iterable[Candidate]:
        try:
            return [Candidate(*name) for name in _names(source, said, session.environ)]
        except DkError:
            return ()

    while command and words:
        context = Context(command, obj=session)
        syntax = _syntax(command, context)
        spot = locate(syntax, words)
        said |= spot.said
        if not spot.command:
            return answer(spot, syntax, ask)
        command = (
            command.get_command(context, spot.command) if isinstance(command, DkGroup) else None
        )
        words = spot.rest
    return Answer()


def _syntax(command: Command, context: Context) -> Syntax:
    completes = {option.field: option.completes for option in SHARED_OPTIONS}
    if isinstance(command, DkCommand):
        completes |= command.completes
    params = command.get_params(context)
    return Syntax(
        options=[
            Option(
                str(param.name), tuple(param.opts), param.help or "",
                takes_value=not param.is_flag,
                may_lack=isinstance(param, OptionalValueOption),
                completes=completes.get(str(param.name), ""),
            )
            for param in params
            if isinstance(param, TyperOption) and not param.hidden
        ],
        arguments=[
            Argument(completes.get(str(param.name), ""), many=param.nargs == -1)
            for param in params
            if isinstance(param, TyperArgument)
        ],
        commands=command.summaries(context) if isinstance(command, DkGroup) else None,
        options_end_at_argument=isinstance(command, DkCommand) and command.options_end_at_argument,
    )  # fmt: skip


def _names(
    source: str, said: Mapping[str, str], environ: Mapping[str, str]
) -> Iterable[tuple[str, ...]]:
    match source:
        case "variable":
            return [(name,) for name in environ if name.isidentifier()]
        case "context":
            from dk.engine.context import context_names

            return [(name,) for name in context_names(environ)]
        case "topic":
            from dk.cheat import load, topics

            return [(topic,) for topic in topics(load())]
        case _:
            from dk.engine.names import names

            host, context = said.get("host"), said.get("context")
            return names(source, host=host, context=context, environ=environ)
