"""Changes to containers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from dk.plan import DockerCommand, Effect, Operation, Removal, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dk.model import ContainerEnd
    from dk.spec.container import ContainerSpec
    from dk.spec.wait import WaitFor


class Replaced(NamedTuple):
    """The container whose place a new one takes; one that `--rm` removes can't come back."""

    id: str
    name: str
    state: str  # as in model.Container
    removes_itself: bool = False

    @property
    def running(self) -> bool:
        """Whether it must be stopped, and started again should it come back."""
        return self.state in {"running", "paused", "restarting"}

    @property
    def stops_first(self) -> bool:
        """Whether it is stopped before its name is taken: one that restarts can't be renamed."""
        return self.state == "restarting"

    @property
    def aside(self) -> str:
        """The name that it has while it is not known whether the new one holds."""
        return f"{self.name}-replaced-{self.id[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContainer(Operation):
    """Make a container and start it; attached, follow it to its end.

    It first takes the place of `replaces`, which comes back where the new one fails. With
    `connects_later` the engine can't make it in several networks at once, so that it is connected
    to the others before it starts.
    """

    verb: ClassVar[str] = "run container"
    effect: ClassVar[Effect] = Effect.RUN
    spec: ContainerSpec
    pull_never: bool = False
    wait: WaitFor | None = None
    replaces: Replaced | None = None
    connects_later: bool = False

    @property
    def target(self) -> Target:
        return Target("container", self.spec.name or f"of {self.spec.image}")

    @property
    def destroys(self) -> bool:
        return self.replaces is not None

    def docker(self) -> tuple[DockerCommand, ...]:
        return tuple(self._commands())

    def _commands(self) -> Iterator[DockerCommand]:
        old = self.replaces
        if old is not None:
            if old.stops_first:
                yield DockerCommand(("docker", "stop", old.name))
            yield DockerCommand(("docker", "rename", old.name, old.aside))
            if old.running and not old.stops_first:
                yield DockerCommand(("docker", "stop", old.aside))
        yield from self._run()
        if self.wait is not None:
            yield DockerCommand((), notes=(self._waiting(self.wait),))
        if old is not None and not (old.running and old.removes_itself):
            yield DockerCommand(("docker", "rm", old.aside))

    def _run(self) -> Iterator[DockerCommand]:
        from dk.spec.docker_argv import docker_connect, docker_create, docker_run, docker_start

        pull = ("--pull", "never") if self.pull_never else ()
        if not self.connects_later:
            yield docker_run(self.spec, pull)
            return
        name = self.spec.name or "CONTAINER"
        notes = () if self.spec.name else ("CONTAINER below is the id that this prints",)
        yield docker_create(self.spec, pull)._replace(notes=notes)
        for attachment in self.spec.attachments[1:]:
            yield docker_connect(attachment, name)
        yield docker_start(self.spec, name)

    def _waiting(self, wait: WaitFor) -> str:
        name = self.spec.name or "CONTAINER"
        if wait.state == "exit":
            return f"then, for its exit code: docker wait {name}"
        wanted = []
        if wait.state:
            field = "Health.Status" if wait.state == "healthy" else "Status"
            wanted.append(f"docker inspect -f '{{{{.State.{field}}}}}' {name} says {wait.state}")
        if wait.port is not None:
            port = f"port {wait.port}" if wait.port else "its first open port"
            wanted.append(f"{port} of {name} answers")
        return f"then wait until {' and '.join(wanted)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveContainer(Removal):
    """Remove one container, by id.

    With `force` a running one is killed; with `volumes` its anonymous volumes go too. Where dk
    chose it, `end` is how it had ended when it was chosen: one that ran again since stays.
    """

    verb: ClassVar[str] = "remove container"
    id: str
    name: str
    force: bool = False
    volumes: bool = False
    end: ContainerEnd | None = None

    @property
    def target(self) -> Target:
        return Target("container", self.name, self.id)

    def docker(self) -> tuple[DockerCommand, ...]:
        flags = [*(["--force"] * self.force), *(["--volumes"] * self.volumes)]
        # Of what dk chose the whole id: a name, or a part of it, may be another's by then.
        name = self.name if self.end is None else self.id
        return (DockerCommand(("docker", "rm", *flags, name), joins=self.end is not None),)
