"""What the plan of `dk undo` must know of the engine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dk.engine import read
from dk.plans.undo_state import ObservedNetwork, UndoState
from dk.spec.recreate_network import subnets

if TYPE_CHECKING:
    from dk.engine.engine import Engine


def observe_for_undo(engine: Engine) -> UndoState:
    """Read the names, ids and tags of all there is."""
    client = engine.rest
    images = client.get("/images/json", all="1")
    containers = [read.container(item) for item in client.get("/containers/json", all="1")]
    return UndoState(
        now=datetime.now(UTC),
        api_version=engine.api_version,
        containers={container.id: container.name for container in containers},
        images={item["Id"]: read.image_names([item]) for item in images},
        networks=tuple(
            ObservedNetwork(item["Id"], item["Name"], subnets(item))
            for item in client.get("/networks")
        ),
        volumes=frozenset(item["Name"] for item in client.get("/volumes")["Volumes"] or ()),
    )
