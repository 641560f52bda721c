"""Changes to networks."""

from dataclasses import dataclass
from typing import ClassVar

from dk.plan import DockerCommand, Effect, Operation, Removal, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateNetwork(Operation):
    """Make a bridge network that carries `labels`."""

    verb: ClassVar[str] = "create network"
    effect: ClassVar[Effect] = Effect.CREATE
    name: str
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def target(self) -> Target:
        return Target("network", self.name)

    def docker(self) -> tuple[DockerCommand, ...]:
        labels = [part for key, value in self.labels for part in ("--label", f"{key}={value}")]
        return (DockerCommand(("docker", "network", "create", *labels, self.name)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveNetwork(Removal):
    """Remove one network by id, unless a container is configured for it by now."""

    verb: ClassVar[str] = "remove network"
    id: str
    name: str

    @property
    def target(self) -> Target:
        return Target("network", self.name, self.id)

    def docker(self) -> tuple[DockerCommand, ...]:
        return (DockerCommand(("docker", "network", "rm", self.id), joins=True),)
