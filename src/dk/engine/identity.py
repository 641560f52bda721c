"""Which engine this is, whatever its address: the key of the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dk.engine.engine import Engine


def engine_id(engine: Engine) -> str:
    """Return the id that the engine gave itself, for ever; its address where it has none.

    Podman answers with another id each time.
    """
    if engine.client.is_podman:
        return engine.target.address
    return str(engine.rest.get("/info").get("ID") or engine.target.address)
