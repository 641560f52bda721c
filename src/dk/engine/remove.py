"""Removal by id, never by force. What is gone already, or in use by now, is skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.engine import read_disk
from dk.engine.failures import EngineError
from dk.engine.gauge import disk_counts
from dk.engine.users import users
from dk.operations.cache import RemoveCacheRecord
from dk.operations.container import RemoveContainer
from dk.operations.image import RemoveImage
from dk.operations.network import RemoveNetwork
from dk.operations.volume import RemoveVolume
from dk.plan import Done

if TYPE_CHECKING:
    from collections.abc import Callable

    from dk.engine.rest import RestClient
    from dk.plan import Json, Operation, Removal

CONFLICT = 409
MOST_REPOSITORIES = 100  # of one image, each with a digest


def remove(client: RestClient, operation: Removal) -> Done:
    """Remove what the operation targets."""
    return _REMOVE[type(operation)](client, operation)


def _remove_container(client: RestClient, operation: RemoveContainer) -> Done:
    """Remove a container; one that dk chose and that runs by now is skipped."""

    def why_not(error: EngineError) -> str:
        if "already in progress" in error.what:
            return "being removed already"
        runs = operation.end is not None and error.status == CONFLICT
        return "it runs by now" if runs else ""

    flags = {"v": operation.volumes, "force": operation.force}
    said = {flag: "1" for flag, on in flags.items() if on}
    return _deleted(client, operation, f"/containers/{operation.id}", why_not, **said)


def _remove_network(client: RestClient, operation: RemoveNetwork) -> Done:
    def why_not(error: EngineError) -> str:
        return "in use by now" if "active endpoints" in error.what else ""

    return _deleted(client, operation, f"/networks/{operation.id}", why_not)


def _remove_volume(client: RestClient, operation: RemoveVolume) -> Done:
    def why_not(error: EngineError) -> str:
        return _in_use(client, "volume", operation.name) if error.status == CONFLICT else ""

    return _deleted(client, operation, f"/volumes/{operation.name}", why_not)


def _deleted(
    client: RestClient,
    operation: Operation,
    path: str,
    why_not: Callable[[EngineError], str],
    **params: str,
) -> Done:
    """Delete a path; of a refusal `why_not` says why the thing is skipped, else it is a failure."""
    try:
        client.delete(path, **params)
    except EngineError as error:
        reason = "gone already" if error.gone else why_not(error)
        if not reason:
            raise
        return Done(skipped=reason)
    return _done(operation)


def _in_use(client: RestClient, kind: str, name: str) -> str:
    by_now = users(client, kind, name)
    return f"in use by {by_now}" if by_now else "in use by now"


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
    return _in_use(client, "ancestor", image_id)


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
    records = disk_counts(client, ()).get("BuildCache") or ()
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


_REMOVE: dict[type[Operation], Callable[..., Done]] = {
    RemoveCacheRecord: _remove_cache_record,
    RemoveContainer: _remove_container,
    RemoveImage: _remove_image,
    RemoveNetwork: _remove_network,
    RemoveVolume: _remove_volume,
}
