"""Docker commands as lines to paste."""

from __future__ import annotations

import shlex
from itertools import groupby
from typing import TYPE_CHECKING

from dk.output.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dk.plan import DockerCommand


MOST_JOINED = 50  # words, so that a line stays one that can be pasted


def shell_lines(commands: Iterable[DockerCommand], *, with_secrets: bool) -> Iterator[str]:
    """Yield shell-quoted lines, notes as comments above the command that they speak of."""
    for command in joined(commands):
        for note in command.notes:
            yield f"# {visible(note)}"
        if not with_secrets:
            for note in command.hidden_notes:
                yield f"# {visible(note)}"
        if command.argv:
            yield shlex.join(words(command, with_secrets=with_secrets))


def joined(commands: Iterable[DockerCommand]) -> Iterator[DockerCommand]:
    """Yield the commands, those in a row that may stand in one line as one."""
    for _, group in groupby(commands, key=lambda each: each.argv[:-1] if each.joins else id(each)):
        together = list(group)
        for start in range(0, len(together), MOST_JOINED):
            first, *more = together[start : start + MOST_JOINED]
            yield first._replace(argv=(*first.argv, *(each.argv[-1] for each in more)))


def addressed(commands: Iterable[DockerCommand], flags: tuple[str, ...]) -> list[DockerCommand]:
    """Return the commands with docker's flags for the engine, where one was chosen by hand."""
    return [
        command._replace(argv=("docker", *flags, *command.argv[1:]))
        if command.argv[:1] == ("docker",)
        else command
        for command in commands
    ]


def words(command: DockerCommand, *, with_secrets: bool = False) -> list[str]:
    """Return the command's words; a secret is its stand-in unless `with_secrets`."""
    return [
        arg if isinstance(arg, str) else arg.reveal() if with_secrets else str(arg)
        for arg in command.argv
    ]
