"""The commands by task, the common ones first: what `dk` alone shows, and where each one lives."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A command: its module in `dk.commands`, one line on what it does, one example."""

    name: str
    task: str
    summary: str
    example: str

    @property
    def module(self) -> str:
        """The module that defines it."""
        return f"dk.commands.{self.name}"


CATALOG = (
    Entry("run", "Run", "Start a container", "dk run --env .env -p 8080:80 web"),
    Entry("ps", "Look", "List containers", "dk ps -a"),
    Entry("doctor", "Look", "Check docker, with a fix for each problem", "dk doctor"),
    Entry("clean", "Clean up", "Remove what nothing needs, after a look", "dk clean"),
    Entry("undo", "Clean up", "Put back what was removed", "dk undo"),
    Entry("rm", "Clean up", "Remove containers", "dk rm web"),
    Entry("engine", "Test", "Throw-away private engines", "dk engine run -- make test"),
    Entry("cheat", "Learn", "The cheat sheet, dk and docker side by side", "dk cheat volume"),
    Entry("completion", "Learn", "Completion for bash, zsh and fish", "dk completion --help"),
)
