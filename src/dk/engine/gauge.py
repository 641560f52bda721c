"""How much disk space the engine takes, by its own accounting and by the file system's."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dk.engine import read_disk
from dk.engine.failures import EngineError
from dk.host import disk

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from dk.engine.engine import Engine
    from dk.engine.rest import RestClient
    from dk.model import DiskUsage
    from dk.plan import Json

TYPES_SINCE = (1, 42)
"""From this API on `/system/df` may be asked for single types."""

COUNTING_PATIENCE = 60.0  # seconds to wait while the engine counts for somebody else
TRIPPED_PATIENCE = 2.0
DESKTOP = "Docker Desktop"  # has its data in a machine of its own


def disk_counts(client: RestClient, kinds: Collection[str]) -> Mapping[str, Json]:
    """Return what `/system/df` counts of images and cache, and of what else is asked for.

    Older engines count everything, and refuse while they count for somebody else: that is waited
    for.
    """
    types = ["image", "build-cache"]
    types += ["container"] if "containers" in kinds else []
    types += ["volume"] if "volumes" in kinds else []
    query = "&".join(f"type={each}" for each in types)
    path = f"/system/df?{query}" if client.api_version >= TYPES_SINCE else "/system/df"
    began = time.monotonic()
    while True:
        try:
            counts: Mapping[str, Json] = client.get(path)
        except EngineError as error:
            # The containerd store trips over what is being removed just now.
            patience = COUNTING_PATIENCE if "already running" in error.what else TRIPPED_PATIENCE
            if time.monotonic() - began > patience:
                raise
            time.sleep(0.05)
        else:
            return counts


def usage(engine: Engine) -> DiskUsage | None:
    """Return the engine's accounting as it is now, None where it keeps none."""
    return read_disk.disk_usage(disk_counts(engine.rest, ()), engine.store)


def free_bytes(engine: Engine) -> int | None:
    """Return what is free where a local engine has its data, None where that can't be seen."""
    root = engine.info.get("DockerRootDir")
    if not root or not engine.target.is_local or engine.info.get("OperatingSystem") == DESKTOP:
        return None
    try:
        return disk(root).free
    except OSError:
        return None
