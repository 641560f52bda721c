"""Writes docs/reference/commands.md from the code: `python tools/reference.py [FOLDER]`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import typer
from typer._click.core import Context
from typer.core import TyperGroup

from dk.cli import app
from dk.output.streams import Streams
from dk.session import Session

PAGE = "commands.md"
WIDTH = 88


def page() -> str:
    """Return the whole page."""
    root = typer.main.get_command(app)
    session = Session(Streams(io.StringIO(), io.StringIO(), io.StringIO()), {})
    lines = ["# Commands", "", "Made from the code by `make docs`: what `--help` prints.", ""]
    lines += _help(root, Context(root, info_name="dk", obj=session, **root.context_settings), "dk")
    return "\n".join(lines)


def _help(command: object, context: Context, path: str) -> list[str]:
    context.terminal_width = WIDTH
    lines = [f"## {path}", "", "```text", context.command.get_help(context).rstrip(), "```", ""]
    if isinstance(command, TyperGroup):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None:
                below = Context(child, info_name=name, parent=context, obj=context.obj)
                lines += _help(child, below, f"{path} {name}")
    return lines


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference")
    folder.joinpath(PAGE).write_text(page(), encoding="utf-8")
