"""`dk completion`: the script that makes a shell complete dk's lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

import dk.completion
from dk.commands.base import DkCommand, session_of
from dk.errors import ExitCode, UsageError
from dk.reports.completion import completion_report

if TYPE_CHECKING:
    from collections.abc import Mapping

app = typer.Typer(add_completion=False)

SHELLS = ("bash", "zsh", "fish")


class CompletionCommand(DkCommand):
    """Its argument is one of a few words."""

    completes: ClassVar[Mapping[str, str]] = {"shell": f"choice:{','.join(SHELLS)}"}


@app.command(
    cls=CompletionCommand,
    epilog="""
    source <(dk completion bash)                                   in ~/.bashrc
    source <(dk completion zsh)                                    in ~/.zshrc, after compinit
    dk completion fish > ~/.config/fish/completions/dk.fish
    """,
)
def completion(
    context: typer.Context,
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", show_default=False)],
) -> int:
    """Print the script that completes dk's lines in a shell: commands, options and live names.

    The Tab key then offers containers, images, networks, volumes and contexts that are there. An
    engine that does not answer within two seconds has nothing to offer.
    """
    if shell not in SHELLS:
        raise UsageError(f"no completion for {shell}", fix=f"there is: {', '.join(SHELLS)}")
    script = Path(dk.completion.__file__).with_name("scripts") / f"dk.{shell}"
    session = session_of(context)
    text = script.read_text(encoding="utf-8")
    if session.options.json or session.options.explain:
        return session.show(completion_report(shell, text))
    session.streams.out(text)
    return ExitCode.DONE
