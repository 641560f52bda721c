"""The options that mean the same on every command, before or after its name."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple


@dataclass
class SharedOptions:
    """What the user said with the shared options; `None` or False where nothing was said."""

    json: bool = False
    quiet: bool = False
    dry_run: bool = False
    explain: bool = False
    with_secrets: bool = False
    yes: bool = False
    no_color: bool = False
    no_journal: bool = False
    host: str | None = None
    context: str | None = None

    def merge(self, later: SharedOptions) -> None:
        """Take over what was said later on the line."""
        for option in fields(self):
            value = getattr(later, option.name)
            if value not in (None, False):  # an empty text was said too
                setattr(self, option.name, value)


def engine_flags(host: str | None, context: str | None) -> tuple[str, ...]:
    """Return docker's words for an engine that was chosen by an option; none where it was not."""
    if context:
        return ("--context", context)
    return () if host is None else ("-H", host)


class SharedOption(NamedTuple):
    """How a shared option is written, what its help says, and what completes its value."""

    field: str
    flags: tuple[str, ...]
    help: str
    metavar: str = ""
    completes: str = ""


SHARED_OPTIONS = (
    SharedOption("dry_run", ("--dry-run",), "Show the plan and do nothing."),
    SharedOption("explain", ("--explain",), "Print the docker commands and run nothing."),
    SharedOption("with_secrets", ("--with-secrets",), "With --explain: print secret values too."),
    SharedOption("json", ("--json",), "Print one JSON document."),
    SharedOption("quiet", ("--quiet", "-q"), "Print ids or names only."),
    SharedOption("yes", ("--yes", "-y"), "Answer dk's own question with yes."),
    SharedOption("no_journal", ("--no-journal",), "Keep no note of what goes for dk undo."),
    SharedOption("no_color", ("--no-color",), "No colour (as NO_COLOR does)."),
    SharedOption("host", ("--host", "-H"), "The engine's address.", "ADDRESS"),
    SharedOption("context", ("--context",), "The docker context to use.", "NAME", "context"),
)
