"""`dk cheat`: the cheat sheet in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from dk.cheat import language, load, nearest, search
from dk.commands.base import DkCommand, session_of
from dk.errors import DkError
from dk.reports.cheat import cheat_report

if TYPE_CHECKING:
    from collections.abc import Mapping

app = typer.Typer(add_completion=False)


class CheatCommand(DkCommand):
    """What it looks up is words."""

    completes: ClassVar[Mapping[str, str]] = {"words": "topic", "lang": "choice:en,ru"}


@app.command(
    cls=CheatCommand,
    # So that a docker command can be looked up as it is: dk cheat docker rm -f
    context_settings={"ignore_unknown_options": True},
    epilog="""
    dk cheat                  the whole sheet
    dk cheat logs             what has to do with logs
    dk cheat docker rm -f     what dk has for docker rm -f
    dk cheat --lang ru тома
    """,
)
def cheat(
    context: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORD...]", show_default=False)
    ] = None,
    lang: Annotated[
        str | None,
        typer.Option("--lang", metavar="en|ru", help="The language; the locale's by default."),
    ] = None,
) -> int:
    """Look up a task: its dk command, and the docker commands behind it.

    Words of either tool and of either language find it. What dk will have later is marked.
    """
    session = session_of(context)
    sheet = load()
    chosen = language(lang, session.environ)
    found = search(sheet, " ".join(words or ()))
    if not found:
        close = nearest(sheet, " ".join(words or ()))
        raise DkError(
            f"nothing about {' '.join(words or ())}",
            fix=f"try: {', '.join(close)}" if close else "dk cheat shows the whole sheet",
        )
    return session.show(cheat_report(sheet, found, chosen))
