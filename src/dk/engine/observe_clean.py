"""What `dk clean` must know before it plans, read from the engine, as much as possible at once."""

from __future__ import annotations

from dataclasses import replace
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
    from dk.model import Container
    from dk.plan import Json
    from dk.plans.clean.layers import Step


def observe_for_clean(
    engine: Engine, kinds: Collection[str], uses: Mapping[str, datetime]
) -> CleanState:
    """Read what a plan for these kinds depends on; `uses` are those known beside the engine."""
    client, api_version = engine.rest, engine.api_version
    now = client.clock.now()
    with readers() as pool:
        listed = pool.submit(client.get, "/containers/json", all="1")
        counted = pool.submit(disk_counts, client, api_version, kinds)
        # The engine keeps its last events in memory, whatever their age.
        until = f"{now.timestamp():.6f}"
        events = pool.submit(client.lines, "/events", since="1", until=until)
        info = pool.submit(lambda: engine.info)
        networks = _submit(pool, client, "/networks", wanted="networks" in kinds)
        volumes = _submit(pool, client, "/volumes", wanted="volumes" in kinds)
        images = pool.submit(client.get, "/images/json", all="1")

        stopped = [item["Id"] for item in listed.result() if item.get("State") in STOPPED]
        paths = [f"/containers/{each}/json" for each in stopped if "containers" in kinds]
        looked = "images" in kinds
        if looked:
            paths += [f"/images/{item['Id']}/json" for item in images.result()]
        client.seen = dict(zip(paths, pool.map(client.look, paths), strict=True))
        inspected = {path: parsed(body) for path, body in client.seen.items() if body}

        df = counted.result()
        info.result()
        return CleanState(
            now=now,
            api_version=api_version,
            containers=tuple(_containers(listed.result(), inspected, df)),
            images=tuple(
                read_disk.image(item, its_own or {})
                for item in images.result()
                if (its_own := inspected.get(f"/images/{item['Id']}/json")) or not looked
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


def _containers(
    items: Iterable[Json], inspected: Mapping[str, Json], df: Mapping[str, Json]
) -> Iterable[Container]:
    sizes = {item["Id"]: item.get("SizeRw") or 0 for item in df.get("Containers") or ()}
    for item in items:
        container = replace(read.container(item), size=sizes.get(item["Id"]))
        its_own = inspected.get(f"/containers/{container.id}/json")
        end = read.container_end(its_own) if its_own is not None else None
        yield replace(container, end=end)


def _merged(*uses: Mapping[str, datetime]) -> dict[str, datetime]:
    """Return the latest of each name."""
    merged: dict[str, datetime] = {}
    for each in uses:
        for name, when in each.items():
            merged[name] = max(when, merged.get(name, when))
    return merged
