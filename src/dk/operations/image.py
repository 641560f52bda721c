"""Changes to images."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from dk.plan import DockerCommand, Effect, Operation, Removal, Target


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveImage(Removal):
    """Remove one image: its tags one by one, then, by its id, what is left.

    It stays where a tag points elsewhere, or another points to it, by now. Its untagged parents
    stay too: each is an operation of its own.
    """

    verb: ClassVar[str] = "remove image"
    id: str
    name: str
    tags: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    last_tagged: datetime | None = None

    @property
    def target(self) -> Target:
        return Target("image", self.name, self.id)

    def docker(self) -> tuple[DockerCommand, ...]:
        return tuple(
            DockerCommand(("docker", "rmi", "--no-prune", name), joins=True)
            for name in self._names()
        )

    def _names(self) -> tuple[str, ...]:
        """Return what must go by itself; digests of a repository go with its last tag."""
        repositories = {tag.rpartition(":")[0] for tag in self.tags}
        digests = [each for each in self.digests if each.partition("@")[0] not in repositories]
        if not self.tags and len(digests) < 2:
            return (self.id,)
        return (*self.tags, *digests)
