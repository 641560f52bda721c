"""Images whose layers are the lower ones of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dk.model import Image


def bases(candidates: Iterable[Image], above: Iterable[Image]) -> dict[str, str]:
    """Return which candidates are the base of an image of `above`: their ids, and its name."""
    numbers: dict[tuple[int, str], int] = {}
    ends: dict[int, list[str]] = {}
    for image in candidates:
        chain = 0
        for layer in image.layers:
            chain = numbers.setdefault((chain, layer), len(numbers) + 1)
        if chain:
            ends.setdefault(chain, []).append(image.id)
    found: dict[str, str] = {}
    for image in above:
        chain = 0
        for layer in image.layers[:-1]:
            chain = numbers.get((chain, layer), -1)
            if chain < 0:
                break
            for base in ends.get(chain, ()):
                found.setdefault(base, image.name)
    return found
