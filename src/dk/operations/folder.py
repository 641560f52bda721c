"""Changes to this host's own folders."""

from dataclasses import dataclass
from typing import ClassVar

from dk.plan import DockerCommand, Effect, Operation, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeFolder(Operation):
    """Make a folder of this host, and those above it, as the user who runs dk."""

    verb: ClassVar[str] = "make folder"
    effect: ClassVar[Effect] = Effect.CREATE
    path: str

    @property
    def target(self) -> Target:
        return Target("folder", self.path)

    def docker(self) -> tuple[DockerCommand, ...]:
        return (DockerCommand(("mkdir", "-p", "--", self.path)),)
