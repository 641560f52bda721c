"""A command beside a private engine."""

import shlex
from dataclasses import dataclass
from typing import ClassVar

from dk.plan import DockerCommand, Effect, Operation, Target

EXPLAINED = (
    "docker has no command for this; as root dk makes a new network, mount and process namespace,",
    "starts containerd and dockerd inside with their data in memory, sets DOCKER_HOST and runs:",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBesidePrivateEngine(Operation):
    """Start an engine, run `command` beside it, remove all of it when the command ends."""

    verb: ClassVar[str] = "run beside a private engine"
    effect: ClassVar[Effect] = Effect.RUN
    command: tuple[str, ...]
    dockerd: str | None = None

    @property
    def target(self) -> Target:
        return Target("command", shlex.join(self.command))

    def docker(self) -> tuple[DockerCommand, ...]:
        return (DockerCommand((), notes=(*EXPLAINED, shlex.join(self.command))),)
