"""Which images go: those without a tag, with `--all` every one that no container needs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from dk.operations.image import RemoveImage
from dk.plan import Undo
from dk.plans.clean.bases import bases
from dk.plans.clean.keep_last import last_of_each_repository
from dk.plans.clean.layers import Store
from dk.plans.clean.rules import Thing, Verdicts
from dk.plans.clean.state import latest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from dk.model import Container, Image
    from dk.plans.clean.rules import Rules
    from dk.plans.clean.state import CleanState, Fate


def plan_images(state: CleanState, fate: Fate, rules: Rules) -> Verdicts:
    """Decide on every image; containers that stay keep theirs, the others must be gone first.

    An untagged image with children is a step of the classic builder: it goes with the last of them.
    A tagged one whose layers are the lower ones of an image that stays is its base: it would free
    nothing, and stays.
    """
    decision = _Decision(state, fate, rules)
    first = decision.verdicts({})
    gone = {removal.target.id for removal in first.removals}
    kept = [image for image in state.images if image.id not in gone]
    spared = bases([image for image in state.images if image.id in gone and image.tags], kept)
    return decision.verdicts(spared) if spared else first


class _Decision:
    def __init__(self, state: CleanState, fate: Fate, rules: Rules) -> None:
        images = state.images
        self._rules = rules
        # Elsewhere an image that was made here has a digest too.
        self._pulled = state.store is Store.CLASSIC
        self._by_id = {image.id: image for image in images}
        self._things = {image.id: _thing(image, state.uses) for image in images}
        self._children: defaultdict[str, list[Image]] = defaultdict(list)
        for image in images:
            self._children[image.parent].append(image)
        self._users = _by_image(fate.stay)
        self._before = _by_image(fate.go)
        self._last = last_of_each_repository(images, self._things, rules.options.keep_last)

    def verdicts(self, spared: Mapping[str, str]) -> Verdicts:
        """Decide, with `spared` images staying as the base of the image that each names."""
        verdicts = Verdicts()
        going: set[str] = set()
        for image in _children_first(self._by_id, self._children):
            thing = self._things[image.id]
            rule, detail = self._rules.excludes(thing), ""
            if not rule:
                rule, detail = self._stays(image, going, spared)
            rule = rule or self._rules.too_young(thing)
            if not rule:
                going.add(image.id)
                verdicts.removals.append(self._removal(image))
            elif image.tags or image.digests or not self._children[image.id]:  # no mere step
                verdicts.keep(thing, rule, detail)
        return verdicts

    def _stays(
        self, image: Image, going: Collection[str], spared: Mapping[str, str]
    ) -> tuple[str, str]:
        """Return why an image must stay, with what it depends on."""
        for name in (image.id, *image.tags):
            if users := self._users[name]:
                return "in use", f"by {users[0].name}"
        if above := self._above(image, going):
            return "base of an image that stays", above.name
        if image.id in spared:
            return "base of an image that stays", spared[image.id]
        if image.tags and not self._rules.options.all:
            return "has a tag (-a takes it)", ""
        if image.id in self._last:
            return f"of the last {self._rules.options.keep_last} (--keep-last)", ""
        return "", ""

    def _above(self, image: Image, going: Collection[str]) -> Image | None:
        """Return an image that stays and was made from this one: a tagged one, if there is any."""
        above = None
        children = self._children[image.id]
        while child := next((each for each in children if each.id not in going), None):
            above, children = child, [] if child.tags else self._children[child.id]
        return above

    def _removal(self, image: Image) -> RemoveImage:
        thing = self._things[image.id]
        children = self._children[image.id]
        users = self._before[image.id]
        cause = "dangling (no tag)"
        if image.tags:
            cause = "no container uses it"
            if len(image.tags) > 1:
                cause += f"; also {', '.join(image.tags[1:])}"
        elif children and not image.digests:
            cause = f"a step of {children[0].name}"
        return RemoveImage(
            id=image.id,
            name=image.name,
            tags=image.tags,
            digests=image.digests,
            last_tagged=image.last_tagged,
            since=thing.since,
            age=self._rules.age(thing.since),
            size=image.size,
            undo=Undo.FULL if image.digests and self._pulled else Undo.NO,
            cause=cause + self._rules.unused(thing),
            after=(*(child.id for child in children), *(user.id for user in users)),
        )


def _thing(image: Image, uses: Mapping[str, datetime]) -> Thing:
    names = (image.name, *image.tags, *image.digests, image.id)
    known = latest(*(uses.get(name) for name in names))
    return Thing(
        "image", image.id, names, image.labels, latest(image.created, image.last_tagged), known
    )


def _by_image(containers: Iterable[Container]) -> defaultdict[str, list[Container]]:
    found: defaultdict[str, list[Container]] = defaultdict(list)
    for container in containers:
        found[container.image_id].append(container)
        found[container.image].append(container)
        for name in container.mounted_images:
            found[name].append(container)
    return found


def _children_first(
    by_id: Mapping[str, Image], children: Mapping[str, list[Image]]
) -> Iterator[Image]:
    """Yield every image after all that were made from it."""
    order = [image for image in by_id.values() if image.parent not in by_id]
    for image in order:  # grows as it is walked: parents first
        order.extend(children.get(image.id, ()))
    return reversed(order)
