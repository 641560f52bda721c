"""Changes to images."""

from dataclasses import dataclass
from typing import ClassVar

from dk.plan import DockerCommand, Effect, Operation, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class PullImage(Operation):
    """Fetch an image by its reference; `similar` holds local names to offer when that fails."""

    verb: ClassVar[str] = "pull image"
    effect: ClassVar[Effect] = Effect.CREATE
    reference: str
    similar: tuple[str, ...] = ()

    @property
    def target(self) -> Target:
        return Target("image", self.reference)

    def docker(self) -> tuple[DockerCommand, ...]:
        return (DockerCommand(("docker", "pull", self.reference)),)
