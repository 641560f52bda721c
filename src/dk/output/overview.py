"""What `dk` alone shows: the commands by task, each with an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dk.commands.catalog import Entry


def overview(catalog: Sequence[Entry]) -> Iterator[str]:
    """Yield the lines, the tasks in the catalog's order."""
    yield "dk: everyday Docker workflows in one safe word"
    names = max(len(entry.name) for entry in catalog)
    summaries = max(len(entry.summary) for entry in catalog)
    task = ""
    for entry in catalog:
        if entry.task != task:
            task = entry.task
            yield ""
            yield task
        yield f"  {entry.name.ljust(names)}  {entry.summary.ljust(summaries)}  {entry.example}"
    yield ""
    yield "dk COMMAND --help explains one; --explain on any prints its docker commands."
