"""What `dk` alone and `dk --version` answer, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.report import Column, Report, Row

if TYPE_CHECKING:
    from collections.abc import Iterable


def about_report(version: str, commands: Iterable[tuple[str, str, str, str]]) -> Report:
    """Return a row for dk itself, then one for each command (name, task, summary, example)."""
    own = Row(("dk", version, ""), version, {"name": "dk", "version": version})
    rows = [
        Row(
            (name, summary, example),
            name,
            {"name": name, "task": task, "summary": summary, "example": example},
        )
        for name, task, summary, example in commands
    ]
    columns = (Column("NAME"), Column("SUMMARY", rank=1), Column("EXAMPLE", rank=2))
    return Report(columns=columns, rows=(own, *rows), docker=())
