"""Finding what a user named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.errors import DkError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dk.model import Container


def find_container(name: str, containers: Sequence[Container]) -> Container | None:
    """Return the container of that id, name or unique id prefix, in the engine's own order.

    Raises DkError where a prefix fits several.
    """
    wanted = name.removeprefix("/")
    for container in containers:
        if container.id == name:
            return container
    for container in containers:
        if container.name == wanted:
            return container
    matches = [c for c in containers if name and c.id.startswith(name)]
    if len(matches) > 1:
        raise DkError(
            f"{name} is the beginning of {len(matches)} ids",
            ", ".join(f"{c.id[:12]} ({c.name})" for c in matches[:4]),
            "type more of it, or the name",
        )
    return matches[0] if matches else None


def nearest(name: str, names: Sequence[str], cutoff: float = 0.6) -> list[str]:
    """Return the few of `names` that look most like `name`, the best first."""
    from difflib import get_close_matches

    return get_close_matches(name, names, n=3, cutoff=cutoff)
