"""What `dk clean` must know before it plans, read from the engine, as much as possible at once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dk.engine import read, read_disk
from dk.engine.gauge import disk_counts
from dk.engine.readers import readers
from dk.engine.rest import parsed
from dk.plans.clean.containers import STOPPED
from dk.plans.clean.state import CleanState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from concurrent.futures import Future, ThreadPoolExecutor
    from datetime import datetime

    from dk.engine.engine import Engine
    from dk.engine.rest import RestClient
    from dk.model import Container, ContainerEnd
    from dk.plan import Json
    from dk.plans.clean.layers import Step


def observe_for_clean(
    engine: Engine, kinds: Collection[str], uses: Mapping[str, datetime]
) -> CleanState:
    """Read what a plan for these kinds depends on; `uses` are those known beside the engine."""
    client = engine.rest
    now = client.clock.now()
    with readers() as pool:
        listed = pool.submit(client.get, "/containers/json", all="1")
        counted = pool.submit(disk_counts, client, kinds)
        # The engine keeps its last events in memory, whatever their age.
        until = f"{now.timestamp():.6f}"
        events = pool.submit(client.lines, "/events", since="1", until=until)
        info = pool.submit(lambda: engine.info)
        networks = _submit(pool, client, "/networks", wanted="networks" in kinds)
        volumes = _submit(pool, client, "/volumes", wanted="volumes" in kinds)
        images = pool.submit(client.get, "/images/json", all="1")

        looked = "images" in kinds
        stopped = [item["Id"] for item in listed.result() if item.get("State") in STOPPED]
        ends = pool.map(partial(_end, client), stopped if "containers" in kinds else ())
        ids = [item["Id"] for item in images.result()] if looked else []
        details = dict(zip(ids, pool.map(partial(_details, client), ids), strict=True))
        ended = dict(zip(stopped, ends, strict=False))

        df = counted.result()
        info.result()
        return CleanState(
            now=now,
            api_version=client.api_version,
            containers=tuple(_containers(listed.result(), ended, df)),
            images=tuple(
                read_disk.image(item, details.get(item["Id"]) or {})
                for item in images.result()
                if not looked or details[item["Id"]] is not None
            ),
            networks=tuple(map(read.network, networks.result() or ())),
            volumes=tuple(
                read_disk.volume(item, read_disk.volume_sizes(df))
                for item in (volumes.result() or {}).get("Volumes") or ()
            ),
            cache=tuple(map(read_disk.cache_record, df.get("BuildCache") or ())),
            uses=_merged(uses, read_disk.last_uses(events.result())),
            usage=read_disk.disk_usage(df, engine.store),
            store=engine.store,
        )


def _submit(
    pool: ThreadPoolExecutor, client: RestClient, path: str, *, wanted: bool, **params: str
) -> Future[Json]:
    return pool.submit(client.get, path, **params) if wanted else pool.submit(lambda: None)


def read_histories(client: RestClient, image_ids: Iterable[str]) -> dict[str, tuple[Step, ...]]:
    """Return the steps of images by id, the base's first; an image that is gone is left out."""
    ids = tuple(image_ids)
    with readers() as pool:
        found = pool.map(lambda each: client.find(f"/images/{each}/history"), ids)
        return {
            each: tuple(read_disk.step(item) for item in reversed(history))
            for each, history in zip(ids, found, strict=True)
            if history is not None
        }


def _end(client: RestClient, container_id: str) -> ContainerEnd | None:
    """Look at a stopped container, None where it is gone; of all that comes little is kept."""
    path = f"/containers/{container_id}/json"
    body = client.look(path)
    if body is None:
        return None
    client.seen[path] = hash(body)
    return read.container_end(parsed(body))


def _details(client: RestClient, image_id: str) -> dict[str, Json] | None:
    """Return what only a look at an image tells, None where it is gone."""
    found = client.find(f"/images/{image_id}/json")
    return None if found is None else {key: found.get(key) for key in read_disk.IMAGE_DETAILS}


def _containers(
    items: Iterable[Json], ended: Mapping[str, ContainerEnd | None], df: Mapping[str, Json]
) -> Iterable[Container]:
    sizes = {item["Id"]: item.get("SizeRw") or 0 for item in df.get("Containers") or ()}
    for item in items:
        identity = item["Id"]
        container = read.container(item)
        yield replace(container, size=sizes.get(identity), end=ended.get(identity))


def _merged(*uses: Mapping[str, datetime]) -> dict[str, datetime]:
    """Return the latest of each name."""
    merged: dict[str, datetime] = {}
    for each in uses:
        for name, when in each.items():
            merged[name] = max(when, merged.get(name, when))
    return merged
