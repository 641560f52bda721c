"""The last look before a removal: does its cause still hold, and what will be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.engine import read, read_disk
from dk.engine.rest import parsed
from dk.engine.users import in_words, users
from dk.operations.cache import RemoveCacheRecord
from dk.operations.container import RemoveContainer, RunContainer
from dk.operations.image import RemoveImage
from dk.operations.network import RemoveNetwork
from dk.operations.volume import RemoveVolume
from dk.plan import Check, Memory
from dk.plans.clean.networks import by_network

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from dk.engine.rest import RestClient
    from dk.plan import Operation

GONE = Check(skipped="gone already")


def check(client: RestClient, operation: Operation) -> Check:
    """Look whether the cause of an operation that destroys still holds, and what it destroys."""
    return _CHECK[type(operation)](client, operation)


def _check_container(client: RestClient, operation: RemoveContainer) -> Check:
    path = f"/containers/{operation.id}/json"
    body = client.look(path)
    if body is None:
        return GONE
    if operation.end is not None and hash(body) != client.seen.get(path):
        inspected = parsed(body)
        state = inspected["State"]
        if state.get("Running") or state.get("Restarting"):
            return Check(skipped=f"it is {state.get('Status') or 'running'} by now")
        if read.container_end(inspected).started != operation.end.started:
            return Check(skipped="it ran again meanwhile")
    return Check(memories=(Memory("container", operation.id, operation.name, body),))


def _check_replaced(client: RestClient, operation: RunContainer) -> Check:
    if operation.replaces is None:
        return Check()
    old = operation.replaces
    inspected = client.find(f"/containers/{old.id}/json")
    if inspected is None:  # which the operation itself tells best
        return Check()
    return Check(memories=(Memory("container", old.id, old.name, inspected),))


def _check_network(client: RestClient, operation: RemoveNetwork) -> Check:
    inspected = client.find(f"/networks/{operation.id}")
    if inspected is None:
        return GONE
    # The engine's own filter misses containers that never ran, or are disconnected.
    containers = map(read.container, client.get("/containers/json", all="1"))
    configured = by_network(containers)
    here = [each.name for each in configured[operation.name] or configured[operation.id]]
    if here:
        return Check(skipped=f"in use by {in_words(here)}")
    return Check(memories=(Memory("network", operation.id, operation.name, inspected),))


def _check_volume(client: RestClient, operation: RemoveVolume) -> Check:
    inspected = client.find(f"/volumes/{operation.name}")
    if inspected is None:
        return GONE
    # That a container mounts it, running or not, the engine itself finds when it is to go.
    if read.moment(inspected.get("CreatedAt")) != operation.created:
        return Check(skipped="made anew meanwhile")
    if operation.planned is not None and _was_mounted(client, operation.name, operation.planned):
        by_now = users(client, "volume", operation.name)
        return Check(skipped=f"in use by {by_now}" if by_now else "used meanwhile")
    return Check(memories=(Memory("volume", operation.name, operation.name, inspected),))


def _was_mounted(client: RestClient, name: str, since: datetime) -> bool:
    filters = {"type": ["volume"], "event": ["mount"], "volume": [name]}
    moments = {
        "since": f"{since.timestamp():.6f}",
        "until": f"{client.clock.now().timestamp():.6f}",
    }
    return bool(client.lines("/events", filters=filters, **moments))


def _check_image(client: RestClient, operation: RemoveImage) -> Check:
    inspected = client.find(f"/images/{operation.id}/json")
    if inspected is None:
        return GONE
    tags = read_disk.tags(inspected)
    new = sorted(set(tags).difference(operation.tags))
    if new:
        return Check(skipped=f"tagged {new[0]} meanwhile")
    if read.moment((inspected.get("Metadata") or {}).get("LastTagTime")) != operation.last_tagged:
        return Check(skipped="tagged again meanwhile")
    # The engine would let all tags of a used image go but the last.
    by_now = users(client, "ancestor", operation.id) if len(tags) > 1 else ""
    if by_now:
        return Check(skipped=f"in use by {by_now}")
    digests = list(read_disk.digests(inspected))
    data = {"id": operation.id, "tags": list(tags), "digests": digests, "removed": True}
    return Check(memories=(Memory("image", operation.id, operation.name, data),))


def _check_cache(_client: RestClient, operation: RemoveCacheRecord) -> Check:
    data = {"id": operation.id, "description": operation.name, "size": operation.size}
    return Check(memories=(Memory("cache", operation.id, operation.name, data),))


_CHECK: dict[type[Operation], Callable[..., Check]] = {
    RemoveContainer: _check_container,
    RunContainer: _check_replaced,
    RemoveImage: _check_image,
    RemoveNetwork: _check_network,
    RemoveVolume: _check_volume,
    RemoveCacheRecord: _check_cache,
}
