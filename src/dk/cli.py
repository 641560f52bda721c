"""The command line: `dk [OPTIONS] COMMAND ...`, from arguments to an exit code."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer._click.exceptions import ClickException, NoArgsIsHelpError

from dk import __version__
from dk.commands.base import DkGroup, session_of
from dk.commands.catalog import CATALOG
from dk.commands.usage import unknown_command, usage_error
from dk.errors import HELD_SIGNALS, DkError, ExitCode, Interrupted
from dk.output.overview import overview
from dk.output.streams import Streams
from dk.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import FrameType

    from typer._click.core import Command, Context
    from typer._click.formatting import HelpFormatter


class RootGroup(DkGroup):
    """Knows its commands from the catalog and imports only the one that is called."""

    def list_commands(self, _ctx: Context) -> list[str]:
        """Return the commands, the common ones first."""
        return [entry.name for entry in CATALOG]

    def get_command(self, _ctx: Context, name: str) -> Command | None:
        """Import a command when it is called."""
        for entry in CATALOG:
            if entry.name == name:
                command: Command = typer.main.get_command(import_module(entry.module).app)
                command.name = name
                return command
        return None

    def summaries(self, _ctx: Context) -> dict[str, str]:
        """Read them from the catalog, which needs no command."""
        return {entry.name: entry.summary for entry in CATALOG}

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        """Find the command, or say which one is nearest."""
        names = self.list_commands(ctx)
        if args[0] not in names:
            raise unknown_command(args[0], names)
        return super().resolve_command(ctx, args)

    def format_commands(self, _ctx: Context, _formatter: HelpFormatter) -> None:
        """Write nothing: the overview has them."""

    def format_help_text(self, _ctx: Context, formatter: HelpFormatter) -> None:
        """Write what `dk` alone shows."""
        for line in overview(CATALOG):
            formatter.write(f"{line}\n")


app = typer.Typer(
    cls=RootGroup,
    rich_markup_mode=None,
    add_completion=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 120},
)


@app.callback()
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print dk's version.")] = False,
) -> int:
    """Everyday Docker workflows in one safe word."""
    session = session_of(context)
    streams = session.streams
    asked = version or context.invoked_subcommand is None
    if asked and session.options.json:
        from dk.reports.about import about_report

        return session.show(about_report(__version__, () if version else CATALOG))
    if version:
        streams.out(f"dk {__version__}\n")
    elif context.invoked_subcommand is None:
        streams.out("".join(f"{line}\n" for line in overview(CATALOG)))
    return ExitCode.DONE


def main(
    argv: Sequence[str],
    streams: Streams | None = None,
    environ: Mapping[str, str] | None = None,
) -> int:
    """Run one call of dk and return its exit code. No exception leaves it but with DK_DEBUG=1."""
    session = Session(streams or Streams.standard(), os.environ if environ is None else environ)
    try:
        with _signals():
            return _run(session, list(argv))
    except BrokenPipeError:
        session.streams.silence()
        return ExitCode.DONE
    except Exception as error:
        if session.environ.get("DK_DEBUG"):
            raise
        return session.fail(_known(error, session, argv))
    finally:
        session.close()


def _run(session: Session, argv: list[str]) -> int:
    group = typer.main.get_command(app)
    if argv[:1] == ["__complete"]:  # a shell asks, by the script of `dk completion`
        from dk.commands.complete import complete

        return complete(session, group, argv[1:])
    try:
        with group.make_context("dk", argv, obj=session) as context:
            code: int = group.invoke(context)
            return code
    except NoArgsIsHelpError as missing:
        session.streams.out(f"{missing.message}\n")
        return ExitCode.DONE
    except typer.Exit as end:
        return end.exit_code


def _known(error: Exception, session: Session, argv: Sequence[str]) -> DkError:
    """Return the error to show, in the form that even unreadable arguments asked for."""
    if isinstance(error, DkError):
        known = error
    elif isinstance(error, ClickException):
        known = usage_error(error, session.command)
    else:
        known = DkError(
            f"a mistake in dk itself: {type(error).__name__}: {error}",
            "nobody should ever see this",
            "DK_DEBUG=1 shows where it is; please report it",
        )
    if not session.arguments_read:
        session.options.json = session.options.json or _said("--json", argv)
        session.options.no_color = session.options.no_color or _said("--no-color", argv)
    return known


def _said(flag: str, argv: Sequence[str]) -> bool:
    return any(word.partition("=")[0] == flag for word in argv)


@contextmanager
def _signals() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP end dk in good order, as an exception."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    interrupt = _Interrupt()
    before: dict[signal.Signals, Any] = {
        n: signal.signal(n, interrupt)
        for n in numbers
        if signal.getsignal(n) != signal.SIG_IGN  # nohup means what it says
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Interrupt:
    """The first signal ends dk in good order; it takes some more to end that too."""

    def __init__(self) -> None:
        self._arrived = 0

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        self._arrived += 1
        if 1 < self._arrived <= HELD_SIGNALS:
            return  # what was made is being taken back
        code = ExitCode.INTERRUPTED if number == signal.SIGINT else ExitCode.TERMINATED
        raise Interrupted("interrupted", exit_code=code)
