"""What `dk clean` must know before it plans, read from the engine, as much as possible at once."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from dk.engine import read, read_disk
from dk.engine.failures import EngineError
from dk.plans.clean.containers import STOPPED
from dk.plans.clean.state import CleanState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from dk.engine.rest import RestClient
    from dk.model import Container, DiskUsage
    from dk.plan import Json

READERS = 8  # threads; more are no faster on one engine
TYPES_SINCE = (1, 42)
"""From this API on `/system/df` may be asked for single types."""

COUNTING_PATIENCE = 60.0  # seconds to wait while the engine counts for somebody else


def observe_for_clean(
    client: RestClient,
    kinds: Collection[str],
    now: datetime,
    api_version: tuple[int, ...],
    uses: Mapping[str, datetime],
) -> CleanState:
    """Read what a plan for these kinds depends on; `uses` are those known beside the engine."""
    with ThreadPoolExecutor(READERS) as pool:
        listed = pool.submit(client.get, "/containers/json", all="1")
        counted = pool.submit(disk_counts, client, api_version, kinds)
        # The engine keeps its last events in memory, whatever their age.
        until = str(int(now.timestamp()) + 1)
        events = pool.submit(client.lines, "/events", since="1", until=until)
        networks = _submit(pool, client, "/networks", wanted="networks" in kinds)
        volumes = _submit(pool, client, "/volumes", wanted="volumes" in kinds)
        images = pool.submit(client.get, "/images/json", all="1")

        stopped = [item["Id"] for item in listed.result() if item.get("State") in STOPPED]
        paths = [f"/containers/{each}/json" for each in stopped if "containers" in kinds]
        if "images" in kinds:
            paths += [f"/images/{item['Id']}/json" for item in images.result()]
        inspected = dict(zip(paths, pool.map(client.find, paths), strict=True))

        df = counted.result()
        return CleanState(
            now=now,
            api_version=api_version,
            containers=tuple(_containers(listed.result(), inspected, df)),
            images=tuple(
                read_disk.image(item, its_own)
                for item in images.result()
                if (its_own := inspected.get(f"/images/{item['Id']}/json", {})) is not None
            ),
            networks=tuple(map(read.network, networks.result() or ())),
            volumes=tuple(
                read_disk.volume(item, read_disk.volume_sizes(df))
                for item in (volumes.result() or {}).get("Volumes") or ()
            ),
            cache=tuple(map(read_disk.cache_record, df.get("BuildCache") or ())),
            uses=_merged(uses, read_disk.image_uses(events.result())),
            usage=read_disk.disk_usage(df),
        )


def _submit(
    pool: ThreadPoolExecutor, client: RestClient, path: str, *, wanted: bool, **params: str
) -> Future[Json]:
    return pool.submit(client.get, path, **params) if wanted else pool.submit(lambda: None)


def disk_counts(
    client: RestClient, api_version: tuple[int, ...], kinds: Collection[str]
) -> Mapping[str, Json]:
    """Return what `/system/df` counts of images and cache, and of what else is asked for.

    Older engines count everything, and refuse while they count for somebody else: that is waited
    for.
    """
    types = ["image", "build-cache"]
    types += ["container"] if "containers" in kinds else []
    types += ["volume"] if "volumes" in kinds else []
    query = "&".join(f"type={each}" for each in types)
    path = f"/system/df?{query}" if api_version >= TYPES_SINCE else "/system/df"
    deadline = time.monotonic() + COUNTING_PATIENCE
    while True:
        try:
            counts: Mapping[str, Json] = client.get(path)
        except EngineError as error:
            if "already running" not in error.what or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return counts


def usage(client: RestClient, api_version: tuple[int, ...]) -> DiskUsage:
    """Return the engine's accounting as it is now."""
    return read_disk.disk_usage(disk_counts(client, api_version, ()))


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
