"""Changes to volumes."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from dk.plan import DockerCommand, Removal, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveVolume(Removal):
    """Remove one volume, unless a container mounts it, or did since `planned`."""

    verb: ClassVar[str] = "remove volume"
    name: str
    created: datetime | None = None
    planned: datetime | None = None

    @property
    def target(self) -> Target:
        return Target("volume", self.name, self.name)

    def docker(self) -> tuple[DockerCommand, ...]:
        return (DockerCommand(("docker", "volume", "rm", self.name), joins=True),)
