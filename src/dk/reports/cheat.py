"""The rows of `dk cheat`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.plan import DockerCommand
from dk.report import Column, Report, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dk.cheat import Item, Language, Sheet


def cheat_report(sheet: Sheet, items: Sequence[Item], language: Language) -> Report:
    """Return a row for each item, best first, in the language wanted."""
    labels = {name: text[language] for name, text in sheet.labels.items()}
    return Report(
        columns=(Column(labels["task"]), Column("dk"), Column("docker"), Column("")),
        rows=tuple(_row(item, language, labels["later"]) for item in items),
        docker=(DockerCommand((), notes=("dk cheat asks no engine and no docker",)),),
        blocks=True,
    )


def _row(item: Item, language: Language, later: str) -> Row:
    mark = f"   ({later})" if item.status == "later" else ""
    dk = "\n".join(f"{line}{mark}" for line in item.dk)
    note = item.note.get(language, "")
    return Row(
        cells=(item.task[language], dk, "\n".join(item.docker), note),
        quiet=item.dk[0],
        data={
            "status": item.status,
            "task": item.task[language],
            "dk": list(item.dk),
            "docker": list(item.docker),
            "note": note,
        },
    )
