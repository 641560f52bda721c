"""What `dk undo` puts back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from dk.plan import DockerCommand, Effect, Operation, Target

if TYPE_CHECKING:
    from dk.plan import Json
    from dk.spec.recreate_container import Recreation


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration(Operation):
    """Something comes back; `id` is the one that it had, which the journal knows it by."""

    effect: ClassVar[Effect] = Effect.CREATE
    kind: ClassVar[str]
    id: str
    name: str

    @property
    def target(self) -> Target:
        return Target(self.kind, self.name, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreNetwork(Restoration):
    """Make a network again by the body of its create request."""

    verb: ClassVar[str] = "put back network"
    kind: ClassVar[str] = "network"
    request: Json

    def docker(self) -> tuple[DockerCommand, ...]:
        from dk.spec.recreate_network import create_words

        return (DockerCommand(create_words(self.request)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreVolume(Restoration):
    """Make a volume again whose data the engine did not hold itself."""

    verb: ClassVar[str] = "put back volume"
    kind: ClassVar[str] = "volume"
    driver: str
    options: tuple[tuple[str, str], ...] = field(repr=False)
    labels: tuple[tuple[str, str], ...] = ()

    def docker(self) -> tuple[DockerCommand, ...]:
        from dk.spec.secret import HIDDEN, Secret

        words: list[str | Secret] = ["docker", "volume", "create", "--driver", self.driver]
        for key, value in self.options:
            option = f"{key}={value}"
            # Those of a mount may hold a password.
            words += [
                "--opt",
                Secret(option, f"{key}={HIDDEN}") if key in {"o", "device"} else option,
            ]
        for key, value in self.labels:
            words += ["--label", f"{key}={value}"]
        notes = ("what is hidden is in dk's journal; --with-secrets prints it",)
        return (DockerCommand((*words, self.name), hidden_notes=notes),)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreTags(Restoration):
    """Give an image that is still there its tags back."""

    verb: ClassVar[str] = "tag image"
    kind: ClassVar[str] = "image"
    tags: tuple[str, ...]

    def docker(self) -> tuple[DockerCommand, ...]:
        image = self.id
        return tuple(DockerCommand(("docker", "tag", image, tag)) for tag in self.tags)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreImage(Restoration):
    """Pull an image by its digest, then tag it."""

    verb: ClassVar[str] = "pull image"
    kind: ClassVar[str] = "image"
    reference: str
    tags: tuple[str, ...] = ()

    def docker(self) -> tuple[DockerCommand, ...]:
        return (
            DockerCommand(("docker", "pull", self.reference)),
            *(DockerCommand(("docker", "tag", self.reference, tag)) for tag in self.tags),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreContainer(Restoration):
    """Make a container again, without starting it."""

    verb: ClassVar[str] = "put back container"
    kind: ClassVar[str] = "container"
    recreation: Recreation = field(repr=False)  # it holds the values of the environment

    def docker(self) -> tuple[DockerCommand, ...]:
        body = self.recreation.request
        networks = [*body["NetworkingConfig"]["EndpointsConfig"], *self.recreation.connections]
        where = f" in {', '.join(networks)}" if networks else ""
        note = (
            f"container {self.name}: docker has no command that makes one from its inspect",
            f"dk makes it from {body['Image']}{where}, and does not start it",
        )
        return (DockerCommand((), notes=note),)
