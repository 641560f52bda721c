"""The Engine API's JSON of what takes disk space, read into dk's model."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from dk.engine.read import date, familiar, moment
from dk.model import CacheRecord, DiskUsage, Image, Volume
from dk.plans.clean.layers import Step, Store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dk.plan import Json

NONE = "<none>"


IMAGE_DETAILS = ("Size", "Metadata", "Parent", "RootFS")


def image(item: Json, inspected: Json) -> Image:
    """Read one item of `GET /images/json`, with `IMAGE_DETAILS` of that image's inspect."""
    return Image(
        id=item["Id"],
        tags=tags(item),
        digests=digests(item),
        size=int(item.get("Size") or inspected.get("Size") or 0),
        created=date(item.get("Created")),
        last_tagged=moment((inspected.get("Metadata") or {}).get("LastTagTime")),
        labels=item.get("Labels") or {},
        parent=inspected.get("Parent") or item.get("ParentId") or "",
        layers=tuple((inspected.get("RootFS") or {}).get("Layers") or ()),
    )


def tags(item: Json) -> tuple[str, ...]:
    """Read an image's tags; the containerd store lists digests among them."""
    names = item.get("RepoTags") or ()
    return tuple(familiar(name) for name in names if NONE not in name and "@" not in name)


def digests(item: Json) -> tuple[str, ...]:
    """Read from where an image came, as "app@sha256:…"."""
    names = item.get("RepoDigests") or ()
    return tuple(familiar(name) for name in names if NONE not in name)


def volume(item: Json, sizes: Mapping[str, int]) -> Volume:
    """Read one item of `GET /volumes`, with the sizes that `/system/df` has."""
    return Volume(
        name=item["Name"],
        driver=item.get("Driver") or "local",
        created=moment(item.get("CreatedAt")),
        labels=item.get("Labels") or {},
        size=sizes.get(item["Name"]),
    )


def cache_record(item: Json) -> CacheRecord:
    """Read one record of the build cache from `GET /system/df`."""
    # From Engine 23 on the key begins with a space, by a slip of the engine's.
    parents = item.get("Parents") or item.get(" Parents") or ()
    return CacheRecord(
        id=item["ID"],
        kind=item.get("Type") or "regular",
        description=item.get("Description") or "",
        size=int(item.get("Size") or 0),
        created=moment(item.get("CreatedAt")),
        last_used=moment(item.get("LastUsedAt")),
        in_use=bool(item.get("InUse")),
        shared=bool(item.get("Shared")),
        parents=tuple(parents or filter(None, [item.get("Parent")])),
    )


def disk_usage(df: Json, store: Store) -> DiskUsage | None:
    """Read the engine's accounting from `GET /system/df`, None where there is none.

    The containerd store counts the build cache among the layers, Podman counts no layers.
    """
    if store is Store.PODMAN:
        return None
    return DiskUsage(
        layers=int(df.get("LayersSize") or 0),
        unshared_cache=0
        if store is Store.CONTAINERD
        else sum(
            int(record.get("Size") or 0)
            for record in df.get("BuildCache") or ()
            if not record.get("Shared")
        ),
    )


def store(info: Json, *, is_podman: bool) -> Store:
    """Read from `GET /info` how images are stored."""
    if is_podman:
        return Store.PODMAN
    status = str(info.get("DriverStatus") or "")
    return Store.CONTAINERD if "io.containerd.snapshotter" in status else Store.CLASSIC


def step(item: Json) -> Step:
    """Read one item of `GET /images/ID/history`."""
    return Step(int(item.get("Size") or 0), item.get("CreatedBy") or "")


def volume_sizes(df: Json) -> dict[str, int]:
    """Read the sizes of volumes from `GET /system/df`; -1 is not known."""
    return {
        item["Name"]: size
        for item in df.get("Volumes") or ()
        if (size := int((item.get("UsageData") or {}).get("Size", -1))) >= 0
    }


def last_uses(events: Json) -> dict[str, datetime]:
    """Read from events when something was last made, tagged, pulled or used, by id and by name."""
    uses: dict[str, datetime] = {}
    for event in events:
        when = date(event.get("time"))
        if when is None or event.get("Action") in {"untag", "delete", "destroy", "remove"}:
            continue
        actor = event.get("Actor") or {}
        attributes = actor.get("Attributes") or {}
        match event.get("Type"):
            case "container":
                names = [attributes.get("image")]
            case "image" | "network" | "volume":
                names = [actor.get("ID"), attributes.get("name")]
            case _:
                names = []
        for name in filter(None, names):
            for each in {familiar(name), tagged(familiar(name))}:
                uses[each] = max(when, uses.get(each, when))
    return uses


def tagged(name: str) -> str:
    """Return an image's name with the tag that docker takes where none was said."""
    has_tag = "@" in name or ":" in name.rpartition("/")[2]
    return name if has_tag else f"{name}:latest"
