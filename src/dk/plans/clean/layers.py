"""How many bytes come free when images and build cache go, by the engine's own accounting.

The engine counts chains: a layer together with all that lie below it. A chain counts once, and
comes free when no image holds it any more. Sizes are known of whole images; inside of one they come
from its history, whose steps are not all layers.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from dk.plan import Prediction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dk.model import CacheRecord, Image

_METADATA = re.compile(
    r"(.*#\(nop\)\s+)?"
    r"(ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|SHELL|STOPSIGNAL|USER|VOLUME)"
    r"\s"
)
"""Instructions of which neither of docker's builders makes a layer, as histories have them."""


class Store(StrEnum):
    """How an engine stores its images."""

    CLASSIC = "classic"
    CONTAINERD = "containerd"
    PODMAN = "podman"


class Step(NamedTuple):
    """A step of an image's history, with the bytes of its layer: 0 for none, or an empty one."""

    size: int
    created_by: str = ""


class Forecast(NamedTuple):
    """What comes free in all, and the share of each image and record of the cache, by id.

    What several images hold is the share of the last of them to go.
    """

    prediction: Prediction
    shares: Mapping[str, int]


class Stock(NamedTuple):
    """All that an engine has of images, untagged parents included, and of build cache."""

    images: Iterable[Image]
    cache: Sequence[CacheRecord] = ()
    store: Store = Store.CLASSIC


def needs_history(stock: Stock, removed: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the images whose history `forecast` needs, with the same arguments.

    They are few: those that part from the rest where no image ends. Only where BuildKit's cache
    shares layers with images, and outlives them, are they all that free something.
    """
    going = _Going(stock.images, removed)
    if _outliving(stock, removed):
        return tuple(part.image.id for part in going.parts if part.depth < len(part.image.layers))
    return tuple(going.unknown())


def forecast(
    stock: Stock, removed: Sequence[str], histories: Mapping[str, Sequence[Step]]
) -> Forecast:
    """Return the bytes by which `DiskUsage.total` falls.

    Of the containerd store it is `DiskUsage.layers` alone, which counts the cache already.
    `removed` has the ids of the images and the records of the cache that go, in this order;
    `histories` the steps of images by id, the base's first.
    """
    going = _Going(stock.images, removed)
    sizes = going.sizes_below(histories)
    outliving = _outliving(stock, removed)
    shares: dict[str, int] = {}
    certain, is_cached = True, False
    for part in going.parts:
        below = sizes[part.base]
        certain = certain and below.certain
        share = max(part.image.size - below.size, 0)
        if share and outliving:
            steps = histories.get(part.image.id, ())
            cached = sum(_taken(outliving, _above(steps, below.size)))
            is_cached = is_cached or cached > 0 or not steps
            share = max(share - cached, 0)
        shares[part.image.id] = share
    goes = set(removed)
    for record in stock.cache:
        if record.id in goes:
            shares[record.id] = 0 if record.shared else record.size
    why = _WHY.get(stock.store, "")
    if not why and is_cached:
        why = "BuildKit keeps layers as cache"
    elif not why and not certain:
        why = "not every layer's size is known"
    return Forecast(Prediction(sum(shares.values()), why), shares)


_WHY = {
    Store.CONTAINERD: "the containerd store shares content",
    Store.PODMAN: "Podman counts otherwise",
}


class _Part(NamedTuple):
    """The layers that come free with one image: all but the `depth` lowest, which are `base`."""

    image: Image
    base: int
    depth: int


class _Size(NamedTuple):
    """The bytes of a chain, and whether they are more than an estimate."""

    size: int
    certain: bool = True


class _Going:
    """The tree of all chains, by numbers; 0 is the empty one.

    `parts` is what each removed image holds as the last one. Each chain is walked once.
    """

    def __init__(self, images: Iterable[Image], removed: Sequence[str]) -> None:
        by_id = {image.id: image for image in images}
        self._numbers: dict[tuple[int, str], int] = {}
        self._below = [0]
        self._ends = {0: 0}  # sizes of chains
        tops: dict[str, int] = {}
        for image in by_id.values():
            tops[image.id] = top = self._chain(image.layers)
            self._ends[top] = image.size
        self._tops = tops
        going = [by_id[each] for each in dict.fromkeys(reversed(removed)) if each in by_id]
        goes = {image.id for image in going}
        held = {0}
        for image in by_id.values():
            if image.id not in goes:
                self._hold(image, held)
        self.parts = [self._hold(image, held) for image in going]

    def _chain(self, layers: Iterable[str]) -> int:
        number = 0
        for layer in layers:
            below, new = number, len(self._below)
            number = self._numbers.setdefault((below, layer), new)
            if number == new:
                self._below.append(below)
        return number

    def _hold(self, image: Image, held: set[int]) -> _Part:
        """Hold an image's chains; return it with those that nothing held before."""
        chain, depth = self._tops[image.id], len(image.layers)
        while chain not in held:
            held.add(chain)
            chain, depth = self._below[chain], depth - 1
        return _Part(image, chain, depth)

    def unknown(self) -> Iterator[str]:
        """Yield images that together hold every base of unknown size."""
        seen: set[int] = set()
        for part in reversed(self.parts):  # the last often hold the bases of those before
            if part.base in self._ends or part.base in seen:
                continue
            yield part.image.id
            chain = part.base
            while chain and chain not in seen:
                seen.add(chain)
                chain = self._below[chain]

    def sizes_below(self, histories: Mapping[str, Sequence[Step]]) -> dict[int, _Size]:
        """Return the size of every part's base."""
        sizes = {part.base: _Size(self._ends.get(part.base, 0), part.base in self._ends)
                 for part in self.parts}  # fmt: skip
        wanted = {base for base, size in sizes.items() if not size.certain}
        for part in self.parts:
            if part.image.id not in histories:
                continue
            steps = histories[part.image.id]
            chain, depth = part.base, part.depth
            while chain and wanted:
                if chain in wanted:
                    sizes[chain] = self._estimate(chain, depth, part.image, steps)
                    if sizes[chain].certain:
                        wanted.discard(chain)
                chain, depth = self._below[chain], depth - 1
        for chain in wanted:
            if not sizes[chain].size:
                sizes[chain] = _Size(self._nearest_end(chain)[0], certain=False)
        return sizes

    def _nearest_end(self, chain: int) -> tuple[int, int]:
        """Return the size of the nearest chain at or below this that an image ends with.

        And how many layers lie between.
        """
        between = 0
        while chain not in self._ends:
            chain, between = self._below[chain], between + 1
        return self._ends[chain], between

    def _estimate(self, chain: int, depth: int, image: Image, steps: Sequence[Step]) -> _Size:
        """Return a chain's size by the history of an image that holds it.

        A history need not add up to the image's size: the containerd store counts the packed
        layers, too. Then what lies between two known sizes is in proportion.
        """
        found = _lowest(steps, len(image.layers), depth)
        end, between = self._nearest_end(chain)
        if found is None:
            return _Size(end, certain=False)
        total = sum(step.size for step in steps)
        if total == image.size:
            return found
        lower = _lowest(steps, len(image.layers), depth - between) or _Size(0)
        if total == lower.size:
            return _Size(end, certain=False)
        ratio = (image.size - end) / (total - lower.size)
        return _Size(end + round((found.size - lower.size) * ratio), certain=False)


def _lowest(steps: Sequence[Step], layers: int, depth: int) -> _Size | None:
    """Return the bytes of the `depth` lowest of an image's layers, None if the steps don't fit.

    A step with bytes is a layer. One without may be, or not: where every choice that gives the
    right number of layers gives the same bytes, they are certain, else the largest are taken.
    """
    may_be = [step.size for step in steps if step.size or not _METADATA.match(step.created_by)]
    for sizes in (may_be, [step.size for step in steps]):
        zeros = sizes.count(0)
        empty = layers - (len(sizes) - zeros)  # this many of the zeros are layers
        if 0 <= empty <= zeros:
            break
    else:
        return None
    found: set[int] = set()
    total = filled = passed = 0
    for size in (*sizes, 0):
        fewest = max(0, empty - (zeros - passed))
        if filled + fewest <= depth <= filled + min(passed, empty):
            found.add(total)
        total += size
        filled, passed = (filled + 1, passed) if size else (filled, passed + 1)
    return _Size(max(found), len(found) == 1)


def _above(steps: Iterable[Step], below: int) -> Iterator[int]:
    """Yield the sizes of the layers above the lowest `below` bytes."""
    total = 0
    for step in steps:
        total += step.size
        if step.size and total > below:
            yield step.size


def _outliving(stock: Stock, removed: Sequence[str]) -> Counter[int]:
    """Count, by size, the records of the cache that share a layer with an image, and stay.

    When the image goes they are shared no more, and count themselves. Nothing tells which layer a
    record shares; but its size is that of the layer.
    """
    if stock.store is not Store.CLASSIC:
        return Counter()
    goes = set(removed)
    return Counter(
        record.size
        for record in stock.cache
        if record.shared and record.size and record.id not in goes
    )


def _taken(records: Counter[int], sizes: Iterable[int]) -> Iterator[int]:
    """Yield the sizes of which there is a record, and take it."""
    for size in sizes:
        if records[size]:
            records[size] -= 1
            yield size
