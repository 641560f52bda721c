"""The plan of `dk rm`: which of the named containers go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.errors import DkError
from dk.operations.container import RemoveContainer
from dk.plan import Plan, Undo
from dk.plans.names import find_container, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dk.model import Container

ENDED = {"created", "exited", "dead"}


def plan_rm(
    names: Sequence[str], containers: Sequence[Container], *, force: bool, volumes: bool
) -> Plan:
    """Return the removal of each named container; a running one needs `force`, as in docker."""
    operations: dict[str, RemoveContainer] = {}
    refused: list[DkError] = []
    notices: list[str] = []
    for name in names:
        container = find_container(name, containers)
        if container is None:
            if force:
                notices.append(f"no container {name}: nothing to remove")
            else:
                refused.append(_missing(name, containers))
        elif container.state not in ENDED and not force:
            refused.append(
                DkError(
                    f"{container.name} is {container.state}",
                    "only a container that has ended can be removed",
                    f"docker stop {container.name}, or dk rm -f {container.name} to kill it",
                )
            )
        else:
            operations[container.id] = RemoveContainer(
                id=container.id,
                name=container.name,
                force=force,
                volumes=volumes,
                undo=Undo.CONFIG,
                cause=f"named; {container.status.lower() or container.state}",
            )
    return Plan(
        operations=tuple(operations.values()), refused=tuple(refused), notices=tuple(notices)
    )


def _missing(name: str, containers: Sequence[Container]) -> DkError:
    close = nearest(name, [container.name for container in containers])
    hint = f"did you mean {close[0]}?" if close else "dk ps -a lists all there are"
    return DkError(f"no container {name}", fix=hint)
