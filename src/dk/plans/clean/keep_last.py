"""The last images of each repository, for `--keep-last`."""

from __future__ import annotations

from collections import defaultdict
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from dk.model import Image
    from dk.plans.clean.rules import Thing


def last_of_each_repository(
    images: Iterable[Image], things: Mapping[str, Thing], count: int | None
) -> frozenset[str]:
    """Return the ids of the last `count` images of each repository, those of unknown age too.

    An image counts once, however many tags it has there, and by the later of made and tagged.
    """
    if count is None:
        return frozenset()
    repositories: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
    kept: set[str] = set()
    for image in images:
        tagged = {tag.rpartition(":")[0] for tag in image.tags}
        for repository in tagged | {digest.partition("@")[0] for digest in image.digests}:
            since = things[image.id].since
            if since is None:
                kept.add(image.id)
            else:
                repositories[repository].append((since, image.id))
    for dated in repositories.values():
        # The engine's list is newest first; of one moment, that order stays.
        dated.sort(key=itemgetter(0), reverse=True)
        kept.update(image_id for _, image_id in dated[:count])
    return frozenset(kept)
