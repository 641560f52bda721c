"""Changes to BuildKit's cache."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from dk.plan import DockerCommand, Removal, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveCacheRecord(Removal):
    """Remove one record of the build cache, unless it is in use, or was used, by now.

    `last_used` is its last use when the plan was made, `planned` that moment.
    """

    verb: ClassVar[str] = "remove cache"
    id: str
    name: str
    planned: datetime
    last_used: datetime | None = None
    grace: timedelta = timedelta()

    @property
    def target(self) -> Target:
        return Target("cache", self.name, self.id)

    def docker(self) -> tuple[DockerCommand, ...]:
        command = ("docker", "builder", "prune", "--all", "--force", "--filter", f"id={self.id}")
        return (DockerCommand(command),)
