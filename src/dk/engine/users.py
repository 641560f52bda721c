"""Who uses something, as far as the engine's own filters tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.engine import read

if TYPE_CHECKING:
    from dk.engine.rest import RestClient


def users(client: RestClient, kind: str, name: str) -> str:
    """Return which containers use a volume, or an image (kind `ancestor`): "web and 2 more".

    Running or not; empty for none.
    """
    containers = client.get("/containers/json", all="1", filters={kind: [name]})
    return in_words([read.container(item).name for item in containers])


def in_words(names: list[str]) -> str:
    """Return the first of some names, and how many more there are."""
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else ""
