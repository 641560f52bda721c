"""Changes to images."""

from dataclasses import dataclass
from typing import ClassVar

from dk.plan import DockerCommand, Effect, Operation, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class PullImage(Operation):
    """Fetch an image by its reference, for `platform` or, where that is empty, the engine's own.

    `similar` holds local names to offer when that fails.
    """

    verb: ClassVar[str] = "pull image"
    effect: ClassVar[Effect] = Effect.CREATE
    reference: str
    platform: str = ""
    similar: tuple[str, ...] = ()

    @property
    def target(self) -> Target:
        return Target("image", self.reference)

    def docker(self) -> tuple[DockerCommand, ...]:
        platform = ("--platform", self.platform) if self.platform else ()
        return (DockerCommand(("docker", "pull", *platform, self.reference)),)
