"""Removal, never by force: the last look just before, and then by id.

What is gone already, or in use by now, is skipped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.engine import read, read_disk
from dk.engine.failures import EngineError
from dk.engine.rest import parsed
from dk.operations.cache import RemoveCacheRecord
from dk.operations.container import RemoveContainer, RunContainer
from dk.operations.image import RemoveImage
from dk.operations.network import RemoveNetwork
from dk.operations.volume import RemoveVolume
from dk.plan import Check, Done, Memory
from dk.plans.clean.networks import by_network

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from dk.engine.rest import RestClient
    from dk.plan import Json, Operation, Removal

CONFLICT = 409
MOST_REPOSITORIES = 100  # of one image, each with a digest
GONE = Check(skipped="gone already")


def check(client: RestClient, operation: Operation) -> Check:
    """Look whether the cause of an operation still holds, and what it destroys."""
    look = _CHECK.get(type(operation))
    return look(client, operation) if look else Check()


def remove(client: RestClient, operation: Removal) -> Done:
    """Remove what the operation targets."""
    return _REMOVE[type(operation)](client, operation)


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
    users = by_network(containers)
    here = [each.name for each in users[operation.name] or users[operation.id]]
    if here:
        return Check(skipped=f"in use by {_first(here)}")
    return Check(memories=(Memory("network", operation.id, operation.name, inspected),))


def _check_volume(client: RestClient, operation: RemoveVolume) -> Check:
    inspected = client.find(f"/volumes/{operation.name}")
    if inspected is None:
        return GONE
    # That a container mounts it, running or not, the engine itself finds when it is to go.
    if read.moment(inspected.get("CreatedAt")) != operation.created:
        return Check(skipped="made anew meanwhile")
    if operation.planned is not None and _was_mounted(client, operation.name, operation.planned):
        users = _users(client, "volume", operation.name)
        return Check(skipped=f"in use by {users}" if users else "used meanwhile")
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
    users = _users(client, "ancestor", operation.id) if len(tags) > 1 else ""
    if users:
        return Check(skipped=f"in use by {users}")
    digests = list(read_disk.digests(inspected))
    data = {"id": operation.id, "tags": list(tags), "digests": digests, "removed": True}
    return Check(memories=(Memory("image", operation.id, operation.name, data),))


def _check_cache(_client: RestClient, operation: RemoveCacheRecord) -> Check:
    data = {"id": operation.id, "description": operation.name, "size": operation.size}
    return Check(memories=(Memory("cache", operation.id, operation.name, data),))


def _users(client: RestClient, kind: str, name: str) -> str:
    """Return who is configured for a network or volume, running or not, empty for nobody."""
    containers = client.get("/containers/json", all="1", filters={kind: [name]})
    return _first([read.container(item).name for item in containers])


def _first(names: list[str]) -> str:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else ""


def _remove_container(client: RestClient, operation: RemoveContainer) -> Done:
    """Remove a container; one that dk chose and that runs by now is skipped."""
    flags = {"v": operation.volumes, "force": operation.force}
    try:
        client.delete(f"/containers/{operation.id}", **{k: "1" for k, on in flags.items() if on})
    except EngineError as error:
        if error.gone:
            return Done(skipped="gone already")
        if "already in progress" in error.what:
            return Done(skipped="being removed already")
        if operation.end is not None and error.status == CONFLICT:
            return Done(skipped="it runs by now")
        raise
    return _done(operation)


def _remove_network(client: RestClient, operation: RemoveNetwork) -> Done:
    """Remove a network."""
    try:
        client.delete(f"/networks/{operation.id}")
    except EngineError as error:
        if error.gone:
            return Done(skipped="gone already")
        if "active endpoints" in error.what:
            return Done(skipped="in use by now")
        raise
    return _done(operation)


def _remove_volume(client: RestClient, operation: RemoveVolume) -> Done:
    """Remove a volume."""
    try:
        client.delete(f"/volumes/{operation.name}")
    except EngineError as error:
        if error.gone:
            return Done(skipped="gone already")
        if error.status == CONFLICT:
            return Done(skipped=_in_use(client, "volume", operation.name))
        raise
    return _done(operation)


def _in_use(client: RestClient, kind: str, name: str) -> str:
    users = _users(client, kind, name)
    return f"in use by {users}" if users else "in use by now"


def _remove_image(client: RestClient, operation: RemoveImage) -> Done:
    """Untag an image name by name, each looked at just before, then remove what is left of it.

    Where somebody uses it by now, it gets its tags back.
    """
    untagged: list[str] = []
    try:
        for tag in operation.tags:
            if not _points_to(client, tag, operation.id):
                continue
            answer = _delete(client, tag)
            untagged.append(tag)
            if _is_gone(answer, operation.id):
                return _done(operation)
        if _delete_untagged(client, operation.id):
            return _done(operation)
    except EngineError as error:
        if error.gone:
            return Done(skipped="gone already")
        _tag_again(client, operation.id, untagged)
        if error.status == CONFLICT:
            return Done(skipped=_conflict(client, operation.id, error.what))
        raise
    return Done(skipped="tagged meanwhile")


def _points_to(client: RestClient, tag: str, image_id: str) -> bool:
    inspected = client.find(f"/images/{tag}/json")
    return inspected is not None and inspected["Id"] == image_id


def _delete_untagged(client: RestClient, image_id: str) -> bool:
    """Remove an image by its id, unless a tag points to it by now: that would go with it."""
    for _ in range(MOST_REPOSITORIES):
        inspected = client.get(f"/images/{image_id}/json")
        if read_disk.tags(inspected):
            return False
        first, *others = read_disk.digests(inspected) or (image_id,)
        # Of several repositories the engine wants one after the other.
        if _is_gone(_delete(client, first if others else image_id), image_id):
            return True
    return False


def _delete(client: RestClient, name: str) -> Json:
    return client.delete(f"/images/{name}", noprune="1")


def _is_gone(answer: Json, image_id: str) -> bool:
    return any(each.get("Deleted") == image_id for each in answer or ())


def _tag_again(client: RestClient, image_id: str, tags: list[str]) -> None:
    for tag in tags:
        repository, _, name = tag.rpartition(":")
        client.post(f"/images/{image_id}/tag", repo=repository, tag=name)


def _conflict(client: RestClient, image_id: str, why: str) -> str:
    if "dependent child" in why:
        return "another image was made from it"
    users = _users(client, "ancestor", image_id)
    return f"in use by {users}" if users else "in use by now"


def _remove_cache_record(client: RestClient, operation: RemoveCacheRecord) -> Done:
    """Remove a record of the build cache by its id, the one use of a prune endpoint.

    The engine itself leaves what is in use and, by `until`, what was used since the plan was made.
    """
    unused = max(operation.grace, client.clock.now() - operation.planned)
    filters = {"id": [f"^{operation.id}$"], "until": [f"{unused.total_seconds():.3f}s"]}
    for _ in range(2):  # another client's prune at the same moment may hold it back
        answer = client.post("/build/prune", all="1", filters=filters)
        if operation.id in (answer.get("CachesDeleted") or ()):
            return _done(operation)
    records = client.get("/system/df").get("BuildCache") or ()
    record = next((item for item in records if item["ID"] == operation.id), None)
    if record is None:
        return Done(skipped="gone already")
    used = read_disk.cache_record(record)
    if used.in_use or used.last_used != operation.last_used:
        return Done(skipped="used again meanwhile")
    return Done(skipped="the engine keeps it")


def _done(operation: Operation) -> Done:
    target = operation.target
    return Done(printed=target.name, details={"id": target.id, "name": target.name})


_CHECK: dict[type[Operation], Callable[..., Check]] = {
    RemoveContainer: _check_container,
    RunContainer: _check_replaced,
    RemoveImage: _check_image,
    RemoveNetwork: _check_network,
    RemoveVolume: _check_volume,
    RemoveCacheRecord: _check_cache,
}
_REMOVE: dict[type[Operation], Callable[..., Done]] = {
    RemoveCacheRecord: _remove_cache_record,
    RemoveContainer: _remove_container,
    RemoveImage: _remove_image,
    RemoveNetwork: _remove_network,
    RemoveVolume: _remove_volume,
}
