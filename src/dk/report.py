"""What dk answers where it was asked: rows, and the docker commands that would ask the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from dk.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dk.errors import DkError
    from dk.plan import DockerCommand, Json


class Column(NamedTuple):
    """A column of a report.

    Where the terminal is too narrow, columns with the highest `rank` shorten and then go first;
    rank 0 stays whole.
    """

    title: str
    rank: int = 0
    right: bool = False


class Mark(StrEnum):
    """How something was found to be."""

    GOOD = "ok"
    NOTE = "note"
    BAD = "problem"
    OPEN = "unchecked"


class Row(NamedTuple):
    """One row of a report: a cell for each column, the line for `--quiet`, and the JSON form.

    A row without a line for `--quiet` is left out there. A row with a `mark` is a finding: its
    cells are what was looked at, what was found, and what to do about it.
    """

    cells: tuple[str, ...]
    quiet: str
    data: Mapping[str, Json]
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Rows that answer a question, with the docker commands that would ask it.

    With `blocks` each row is shown as a block of lines instead of a line of a table: its first
    cell, and below it the others with their titles. Their cells may then hold several lines.
    `summary` is a last line for people. `problems` are what the rows show to be wrong: dk ends
    with 1, and they are the errors of the JSON document.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    docker: tuple[DockerCommand, ...]
    empty: str = ""
    blocks: bool = False
    summary: str = ""
    problems: tuple[DkError, ...] = ()

    @property
    def exit_code(self) -> int:
        """The code that dk ends with."""
        return ExitCode.FAILED if self.problems else ExitCode.DONE
