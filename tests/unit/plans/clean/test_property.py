"""Whatever an engine holds and whatever is asked: what no plan of `dk clean` ever does.

The rules are said here anew, in the words of the issue, and share no code with the plan.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase

from hypothesis import given, settings
from hypothesis import strategies as st

from dk.model import CacheRecord, Container, Image, Network, Volume
from dk.plan import Plan, Removal, Undo
from dk.plans.clean.state import CleanState
from dk.schedule import Schedule
from dk.spec.clean_options import KINDS, CleanOptions
from tests.unit.plans.clean.scene import NOW, Thing, plan_of
from tests.unit.plans.clean.worlds import (
    ANONYMOUS,
    ONE_OFF,
    OPTIONS,
    PROJECT,
    SERVICE,
    STOPPED,
    states,
)

ASKED_AS = dict(zip(("container", "image", "network", "volume", "cache"), KINDS, strict=True))
BUILT_IN = {"bridge", "host", "none", "ingress", "docker_gwbridge", "podman"}
ONLY_IN_THIS_RUN = {"its container goes only now:", "another network takes its configuration"}
"""Rules that no longer hold when the plan was carried out."""


@dataclass(frozen=True)
class World:
    """A state, what was asked, and the plan for it."""

    state: CleanState
    options: CleanOptions
    plan: Plan

    @property
    def things(self) -> Iterator[tuple[str, str, Thing]]:
        """Everything that is there: its kind, its id, itself."""
        for kind, each in (
            ("container", self.state.containers),
            ("image", self.state.images),
            ("network", self.state.networks),
            ("cache", self.state.cache),
        ):
            for thing in each:
                yield kind, thing.id, thing
        for volume in self.state.volumes:
            yield "volume", volume.name, volume

    @property
    def going(self) -> set[tuple[str, str]]:
        """What the plan removes, by kind and id."""
        return {(each.target.kind, each.target.id) for each in self.plan.operations}

    @property
    def going_things(self) -> Iterator[tuple[str, Thing]]:
        going = self.going
        return ((kind, thing) for kind, identity, thing in self.things if (kind, identity) in going)

    @property
    def left(self) -> CleanState:
        """The state when the plan was carried out."""
        going = self.going
        state = self.state
        return replace(
            state,
            containers=tuple(x for x in state.containers if ("container", x.id) not in going),
            images=tuple(x for x in state.images if ("image", x.id) not in going),
            networks=tuple(x for x in state.networks if ("network", x.id) not in going),
            volumes=tuple(x for x in state.volumes if ("volume", x.name) not in going),
            cache=tuple(x for x in state.cache if ("cache", x.id) not in going),
        )


WORLDS = st.builds(
    lambda state, options: World(state, options, plan_of(state, options)), states(), OPTIONS
)


def labels_of(thing: Thing) -> Mapping[str, str]:
    return {} if isinstance(thing, CacheRecord) else thing.labels


def names_of(thing: Thing) -> set[str]:
    """Every name that a user may know it by."""
    if isinstance(thing, CacheRecord):
        return {thing.id, thing.kind}
    if not isinstance(thing, Image):
        return {thing.name}
    names = {thing.id, *thing.tags, *(digest.partition("@")[0] for digest in thing.digests)}
    names |= {tag.rpartition(":")[0] for tag in thing.tags}
    return names | {f"docker.io/library/{name}" for name in names if "/" not in name}


def plausible(*dates: datetime | None) -> datetime | None:
    return max((each for each in dates if each and each.year > 2012), default=None)


def made(thing: Thing) -> datetime | None:
    """The later of made, finished and last tagged."""
    other = None
    if isinstance(thing, Container) and thing.end:
        other = thing.end.finished
    if isinstance(thing, Image):
        other = thing.last_tagged
    return plausible(thing.created, other)


def used(thing: Thing, state: CleanState) -> datetime | None:
    """The last use that is known of."""
    if isinstance(thing, Container):
        return plausible(thing.end.started if thing.end else None)
    if isinstance(thing, CacheRecord):
        return plausible(thing.last_used)
    names = {thing.name, *thing.tags, thing.id} if isinstance(thing, Image) else {thing.name}
    names |= {thing.id} if isinstance(thing, Network) else set()
    return plausible(*(state.uses.get(name) for name in names))


def repositories(image: Image) -> set[str]:
    names = {tag.rpartition(":")[0] for tag in image.tags}
    return names | {digest.partition("@")[0] for digest in image.digests}


def check_scope(world: World) -> None:
    """Only what was asked for goes, and nothing that is marked to be kept."""
    options = world.options
    for kind, thing in world.going_things:
        labels = labels_of(thing)
        assert ASKED_AS[kind] in options.kinds
        assert labels.get("dk.keep") != "true"
        for pattern in options.keep:
            if pattern.text == "label:team=c*":
                assert labels.get("team") != "core"
            else:
                assert not any(fnmatchcase(name, pattern.text) for name in names_of(thing))
        for wanted in options.labels:
            has = wanted.key in labels and wanted.value in {None, labels[wanted.key]}
            assert has != wanted.negated
        assert options.project in {None, labels.get(PROJECT)}
        assert options.all or "app" not in labels
        assert options.all or getattr(thing, "name", "") not in {"kind", "vscode"}


def check_age(world: World) -> None:
    """Nothing goes that is younger than a rule of age allows, or of unknown age where one asks."""
    options = world.options
    for _, thing in world.going_things:
        since, last = made(thing), plausible(made(thing), used(thing, world.state))
        if options.grace:
            assert last is None or last <= NOW - options.grace
        for age in (options.older_than, options.created_before):
            assert age is None or (since is not None and since <= age.before(NOW))
        if options.unused_for is not None:
            assert last is not None
            assert last <= options.unused_for.before(NOW)


def check_containers(world: World) -> None:
    for _, thing in world.going_things:
        if isinstance(thing, Container):
            assert thing.state in STOPPED
            assert thing.end is not None
            if not world.options.all:
                assert thing.end.restart_policy not in {"always", "unless-stopped"}
                assert SERVICE not in thing.labels or thing.labels.get(ONE_OFF) == "True"


def check_images(world: World) -> None:
    """No image goes that a container needs, or an image which stays."""
    stay = world.left
    for _, image in world.going_things:
        if not isinstance(image, Image):
            continue
        for container in stay.containers:
            assert container.image_id != image.id
            assert container.image not in image.tags
        for other in stay.images:
            assert other.parent != image.id
            if image.tags and image.layers:
                assert other.layers[: len(image.layers)] != image.layers or len(
                    other.layers
                ) == len(image.layers)
        assert world.options.all or not image.tags


def check_keep_last(world: World) -> None:
    """Of each repository so many images stay that none which goes is among the last."""
    count = world.options.keep_last
    for _, image in world.going_things if count else ():
        for repository in repositories(image) if isinstance(image, Image) else ():
            since = made(image)
            assert since is not None
            later = [
                other
                for other in world.left.images
                if repository in repositories(other) and (made(other) or since) >= since
            ]
            assert len(later) >= (count or 0)


def check_networks(world: World) -> None:
    stay = world.left
    for _, network in world.going_things:
        if not isinstance(network, Network):
            continue
        assert network.name not in BUILT_IN
        assert not network.ingress
        assert network.scope == "local"
        for container in stay.containers:
            configured = {*container.networks, container.network_mode}
            assert not configured & {network.name, network.id}
        assert all(other.config_from != network.name for other in world.state.networks)
        if not world.options.all:
            assert {PROJECT, "com.docker.compose.network", "dk.made-by"} & set(network.labels)


def check_volumes(world: World) -> None:
    for _, volume in world.going_things:
        if not isinstance(volume, Volume):
            continue
        assert all(volume.name not in container.volumes for container in world.state.containers)
        by_glob = any(fnmatchcase(volume.name, glob) for glob in world.options.named_volumes)
        if world.state.api_version >= (1, 42):
            assert ANONYMOUS in volume.labels or by_glob
        else:
            nameless = len(volume.name) == 64 and not volume.labels and volume.driver == "local"
            assert nameless or by_glob


def check_cache(world: World) -> None:
    for _, record in world.going_things:
        if isinstance(record, CacheRecord):
            assert not record.in_use
            assert world.options.all or not record.shared
            assert all(record.id not in other.parents for other in world.left.cache)


def check_everything_is_accounted_for(world: World) -> None:
    """Each thing either goes, or stays by a rule; only mere steps are not mentioned."""
    mentioned = Counter((each.target.kind, each.target.id) for each in world.plan.operations)
    mentioned.update((each.kind, each.id) for each in world.plan.kept)
    assert all(each.rule and each.name for each in world.plan.kept)
    parents = {image.parent for image in world.state.images}
    for kind, identity, thing in world.things:
        silent = (
            (isinstance(thing, Network) and (thing.name in BUILT_IN or thing.ingress))
            or (isinstance(thing, Image) and not thing.tags and thing.id in parents)
            or ASKED_AS[kind] not in world.options.kinds
        )
        times = mentioned.pop((kind, identity), 0)
        assert times == 1 or (times == 0 and silent)
    assert not mentioned


def check_order(world: World) -> None:
    """What uses a thing goes before it, and everything gets its turn."""
    done: set[str] = set()
    for operation in world.plan.operations:
        assert set(operation.after) <= done  # names only what comes earlier: no circle either
        done.add(operation.target.id)
    after = {each.target.id: set(each.after) for each in world.plan.operations}
    gone = [thing for _, thing in world.going_things]
    for user in gone:
        for thing in gone:
            if isinstance(user, Container) and isinstance(thing, Image):
                needs = user.image_id == thing.id
            elif isinstance(user, Container) and isinstance(thing, Network):
                needs = bool({*user.networks, user.network_mode} & {thing.name, thing.id})
            elif isinstance(user, Image) and isinstance(thing, Image):
                needs = user.parent == thing.id
            elif isinstance(user, CacheRecord) and isinstance(thing, CacheRecord):
                needs = thing.id in user.parents
            else:
                continue
            assert not needs or user.id in after[thing.id]
    schedule = Schedule(world.plan.operations)
    begun = list(schedule.ready())
    for operation in begun:  # grows as it is walked
        begun.extend(schedule.over(operation))
    assert len(begun) == len(world.plan.operations)


def check_undo(world: World) -> None:
    """What the question says of undo is true."""
    stay = {image.id for image in world.left.images}
    pulled = {image.id for image in world.state.images if image.digests}
    lost = 0
    for operation, thing in zip(world.plan.operations, _in_order(world), strict=True):
        assert isinstance(operation, Removal)
        lost += operation.undo is Undo.NO
        if isinstance(thing, Image):
            assert (operation.undo is Undo.FULL) == bool(thing.digests)
        elif isinstance(thing, Container):
            can_be_made = thing.image_id in stay | (pulled)
            assert operation.undo is (Undo.CONFIG if can_be_made else Undo.NO)
        else:
            assert operation.undo is (Undo.FULL if isinstance(thing, Network) else Undo.NO)
    number = len(world.plan.operations)
    assert world.plan.question == (
        f"Remove {number}? {lost} can't be undone." if lost else f"Remove {number}?"
    )


def _in_order(world: World) -> list[Thing]:
    by_id = {(kind, identity): thing for kind, identity, thing in world.things}
    return [by_id[each.target.kind, each.target.id] for each in world.plan.operations]


def check_second_run(world: World) -> None:
    """A second run takes only what the first one kept for its own sake."""
    again = plan_of(world.left, world.options)
    first = {(each.kind, each.id): each.rule for each in world.plan.kept}
    for operation in again.operations:
        assert first.get((operation.target.kind, operation.target.id)) in ONLY_IN_THIS_RUN


CHECKS = (
    check_scope,
    check_age,
    check_containers,
    check_images,
    check_keep_last,
    check_networks,
    check_volumes,
    check_cache,
    check_everything_is_accounted_for,
    check_order,
    check_undo,
    check_second_run,
)


@settings(max_examples=600, deadline=None)
@given(WORLDS)
def test_no_plan_ever_breaks_a_promise(world: World) -> None:
    for check in CHECKS:
        check(world)
