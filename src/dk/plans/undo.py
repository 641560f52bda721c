"""The plan of `dk undo`: what of a run can be put back, and why the rest can't."""

from __future__ import annotations

from collections import defaultdict
from ipaddress import ip_network
from typing import TYPE_CHECKING

from dk.operations.restore import (
    Restoration,
    RestoreContainer,
    RestoreImage,
    RestoreNetwork,
    RestoreTags,
    RestoreVolume,
)
from dk.plan import Plan
from dk.spec.elapsed import in_words
from dk.spec.network_attachment import is_user_defined
from dk.spec.recreate_container import needs, networks_of, recreation, volumes_of
from dk.spec.recreate_network import config_from, network_request, subnets
from dk.spec.reference import is_image_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dk.plan import Json, Memory
    from dk.plans.undo_state import Entry, Run, UndoState

PODMAN = "podman"
"""The default network as Podman's containers have it; its list of networks calls it bridge."""

UNREADABLE = "what was written down of it makes no sense"
OF_CACHE = "the next build makes it again"
DATA_GONE = "the data is gone"
NO_REGISTRY = "made or loaded here, no registry has it"
STOPPED = "containers come back stopped, without what they wrote outside of volumes"


def plan_undo(run: Run, state: UndoState, *, chosen: bool = False) -> Plan:
    """Return what puts a run's resources back; with `chosen` dk took the run, and asks.

    What is there, still or again, needs nothing. What can't come back is no failure: a notice
    says why.
    """
    undoing = _Undoing(run, state)
    for kind in ("network", "volume", "image", "container", "cache"):
        undoing.take(kind)
    operations = undoing.operations
    about = f"run {run.id}: dk {run.command}, {in_words(state.now - run.time)} ago"
    return Plan(
        operations=tuple(operations),
        notices=(about, *undoing.notices()),
        advice=tuple(undoing.advice()),
        question=f"Put back {len(operations)}?" if chosen and operations else "",
    )


class _Undoing:
    def __init__(self, run: Run, state: UndoState) -> None:
        self._run = run
        self._state = state
        self._there: list[str] = []
        self._lost: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._notices: list[str] = []
        self._tags = {tag: image for image, tags in state.images.items() for tag in tags}
        self._coming: dict[str, dict[str, str]] = defaultdict(dict)  # by kind: ids by name
        self.operations: list[Restoration] = []

    def take(self, kind: str) -> None:
        """Decide on everything of one kind."""
        of_kind = (entry for entry in self._run.destroyed if entry.memory.kind == kind)
        entries = sorted(of_kind, key=lambda entry: entry.memory.name)
        if kind == "container":
            self._containers(entries)
            return
        plan: Mapping[str, Callable[[Memory], Restoration | str | None]] = {
            "network": self._network,
            "volume": self._volume,
            "image": self._image,
            "cache": lambda _: OF_CACHE,
        }
        for entry in entries:
            if self._is_there(entry):
                self._there.append(f"{kind} {entry.memory.name}")
            else:
                self._decide(entry.memory, plan[kind])

    def _decide(self, memory: Memory, plan: Callable[[Memory], Restoration | str | None]) -> None:
        """Take over an operation, a reason why there is none, or None: all of it is there."""
        try:
            decided = plan(memory)
        except (KeyError, TypeError, AttributeError, ValueError):
            decided = UNREADABLE
        if decided is None:
            self._there.append(f"{memory.kind} {memory.name}")
        elif isinstance(decided, str):
            self._lost[memory.kind, decided].append(memory.name)
        else:
            self.operations.append(decided)
            self._coming[memory.kind][memory.name] = memory.id

    def _is_there(self, entry: Entry) -> bool:
        memory, state = entry.memory, self._state
        ids = {memory.id, entry.restored or memory.id}
        match memory.kind:
            case "container":
                return not ids.isdisjoint(state.containers)
            case "network":
                return not ids.isdisjoint(network.id for network in state.networks)
            case "volume":
                return memory.name in state.volumes
        return False

    def _network(self, memory: Memory) -> Restoration | str:
        mine = [ip_network(subnet, strict=False) for subnet in subnets(memory.data)]
        for other in self._state.networks:
            if other.name == memory.name:
                return "the name is taken by another network"
            for subnet in other.subnets:
                theirs = ip_network(subnet, strict=False)
                if any(own.overlaps(theirs) for own in mine):
                    return f"the subnet is taken by the network {other.name}"
        of = config_from(memory.data)
        return RestoreNetwork(
            id=memory.id,
            name=memory.name,
            request=network_request(memory.data),
            cause=self._cause,
            after=(self._coming["network"].get(of, ""),) if of else (),
        )

    def _volume(self, memory: Memory) -> Restoration | str:
        data = memory.data
        options = data.get("Options") or {}
        is_elsewhere = options.get("device") and options.get("type") not in {"tmpfs", "ramfs"}
        if data.get("Driver") != "local" or not is_elsewhere:
            return DATA_GONE
        return RestoreVolume(
            id=memory.id,
            name=memory.name,
            driver=data["Driver"],
            options=tuple(options.items()),
            labels=tuple((data.get("Labels") or {}).items()),
            cause=f"{self._cause}; its data was never in the engine",
        )

    def _image(self, memory: Memory) -> Restoration | str | None:
        free = []
        for tag in memory.data["tags"]:
            holder = self._tags.get(tag, memory.id)
            if holder == memory.id:
                free.append(tag)
            else:
                self._notices.append(f"image {memory.name}: another one is tagged {tag} by now")
        if memory.id in self._state.images:
            missing = tuple(tag for tag in free if tag not in self._state.images[memory.id])
            if not missing:
                return None
            return RestoreTags(id=memory.id, name=memory.name, tags=missing, cause=self._cause)
        digests = [each for each in memory.data["digests"] if not each.startswith("<none>")]
        if not digests:
            return NO_REGISTRY
        return RestoreImage(
            id=memory.id,
            name=memory.name,
            reference=digests[0],
            tags=tuple(free),
            cause=self._cause,
        )

    def _containers(self, entries: list[Entry]) -> None:
        """Make those first that others need, and none whose needs can't be met."""
        there = {entry.memory.id for entry in entries if self._is_there(entry)}
        self._there += [
            f"container {entry.memory.name}" for entry in entries if entry.memory.id in there
        ]
        waiting = [entry.memory for entry in entries if entry.memory.id not in there]
        while waiting:
            ids = {memory.id for memory in waiting} | {memory.name for memory in waiting}
            ready = [memory for memory in waiting if ids.isdisjoint(_needs(memory))]
            for memory in ready or waiting:  # a ring ends here: what it needs is not there
                self._decide(memory, self._container)
            waiting = [memory for memory in waiting if ready and memory not in ready]

    def _container(self, memory: Memory) -> Restoration | str:
        inspected, state = memory.data, self._state
        if memory.name in state.containers.values():
            return "the name is taken by another container"
        image = self._image_of(inspected)
        if not image:
            return "the image is gone"
        coming = self._coming["container"]
        others = list(needs(inspected))
        for other in others:
            is_here = other in state.containers or other in state.containers.values()
            if not is_here and other not in coming and other not in coming.values():
                return f"it needs the container {other[:12]}, which is gone"
        networks = [n for n in networks_of(inspected) if is_user_defined(n) and n != PODMAN]
        here = {network.name for network in state.networks}
        gone = [name for name in networks if name not in here | set(self._coming["network"])]
        if gone:
            return f"the network {gone[0]} is gone"
        self._tell_new_volumes(memory)
        after = [inspected["Image"], *(coming.get(other, other) for other in others)]
        after += [self._coming["network"].get(name, "") for name in networks]
        after += volumes_of(inspected).values()
        return RestoreContainer(
            id=memory.id,
            name=memory.name,
            recreation=recreation(
                inspected,
                state.api_version,
                image=image,
                renamed={identity: name for name, identity in coming.items()},
            ),
            cause=self._cause,
            after=tuple(dict.fromkeys(each for each in after if each)),
        )

    def _image_of(self, inspected: Json) -> str:
        """Return what to make a container from: the image's name as it was said, else its id."""
        identity, said = str(inspected["Image"]), str(inspected["Config"]["Image"])
        restored = next(
            (each for each in self.operations if each.id == identity and each.kind == "image"), None
        )
        if identity not in self._state.images and not isinstance(restored, RestoreImage):
            if "@" not in said:
                return ""
            self.operations.append(
                RestoreImage(id=identity, name=said, reference=said, cause="of a container below")
            )
            return said
        tags = set(self._state.images.get(identity, ()))
        if isinstance(restored, RestoreImage | RestoreTags):
            tags.update(restored.tags)
        name = said if ":" in said.rpartition("/")[2] else f"{said}:latest"
        return said if name in tags or is_image_id(said) else identity

    def _tell_new_volumes(self, memory: Memory) -> None:
        there = self._state.volumes | set(self._coming["volume"])
        new = [target for target, name in volumes_of(memory.data).items() if name not in there]
        if new:
            self._notices.append(
                f"container {memory.name}: a new, empty volume at {', '.join(new)},"
                " since the old one is gone"
            )

    @property
    def _cause(self) -> str:
        return f"removed by dk {self._run.command}"

    def notices(self) -> Iterator[str]:
        """Yield what can't come back, a line for each kind and reason, and what comes otherwise."""
        for (kind, reason), names in self._lost.items():
            if kind == "cache":
                records = "1 record" if len(names) == 1 else f"{len(names)} records"
                yield f"can't come back: {records} of the build cache ({reason})"
            else:
                many = "s" * (len(names) > 1)
                yield f"can't come back: {kind}{many} {', '.join(names)} ({reason})"
        yield from self._notices

    def advice(self) -> Iterator[str]:
        """Yield what is there already, and how what comes back differs from what was."""
        if self._there:
            yield f"already there: {', '.join(self._there)}"
        if not self.operations:
            yield "nothing to put back; dk undo --list shows earlier runs"
        elif any(isinstance(operation, RestoreContainer) for operation in self.operations):
            yield STOPPED


def _needs(memory: Memory) -> list[str]:
    try:
        return list(needs(memory.data))
    except (KeyError, TypeError, AttributeError):
        return []  # which is told when it is decided on
