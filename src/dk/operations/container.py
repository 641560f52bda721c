"""Changes to containers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from dk.plan import DockerCommand, Effect, Operation, Target

if TYPE_CHECKING:
    from dk.spec.container import ContainerSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContainer(Operation):
    """Make a container and start it; attached, follow it to its end."""

    verb: ClassVar[str] = "run container"
    effect: ClassVar[Effect] = Effect.RUN
    spec: ContainerSpec
    pull_never: bool = False

    @property
    def target(self) -> Target:
        return Target("container", self.spec.name or f"a new container of {self.spec.image}")

    def docker(self) -> tuple[DockerCommand, ...]:
        from dk.spec.docker_argv import docker_run

        command = docker_run(self.spec)
        pull = ("--pull", "never") if self.pull_never else ()
        return (command._replace(argv=(*command.argv[:2], *pull, *command.argv[2:])),)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveContainer(Operation):
    """Remove one container, by id.

    With `force` a running one is killed; with `volumes` its anonymous volumes go too.
    """

    verb: ClassVar[str] = "remove container"
    effect: ClassVar[Effect] = Effect.DESTROY
    id: str
    name: str
    force: bool = False
    volumes: bool = False

    @property
    def target(self) -> Target:
        return Target("container", self.name, self.id)

    def docker(self) -> tuple[DockerCommand, ...]:
        flags = [*(["--force"] * self.force), *(["--volumes"] * self.volumes)]
        return (DockerCommand(("docker", "rm", *flags, self.name)),)
