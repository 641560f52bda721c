"""Options about volumes, folders and the files of a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.errors import UsageError
from dk.spec.run_options.option import (
    each_api,
    imported,
    pair,
    panel,
    render,
    several,
    switch,
    text,
)

if TYPE_CHECKING:
    from dk.spec.mount import Mount
    from dk.spec.mount_option import MountOption
    from dk.spec.surroundings import Surroundings


def _volume(said: str, around: Surroundings) -> Mount:
    from dk.spec.mount import parse_volume

    return parse_volume(said, cwd=around.cwd)


def _mount(said: str, around: Surroundings) -> MountOption:
    from dk.spec.mount_parser import parse_mount

    return parse_mount(said, cwd=around.cwd)


def parse_workdir(said: str) -> str:
    """Return the working directory, which is absolute, or empty for the image's own."""
    if said and not said.startswith("/"):
        raise UsageError(f"{said!r}: a working directory must be absolute", fix="e.g. -w /app")
    return said


OPTIONS = panel(
    "Files and volumes",
    several(
        "--volume -v",
        "[SOURCE:]TARGET[:MODE]",
        "Mount a folder (./data, /srv/data) or a named volume.",
        field="mounts",
        read_in=_volume,
        write=render,
        completes="volume",
    ),
    several(
        "--mount",
        "type=…,src=…,dst=…",
        "Mount in docker's long form; a folder must be there.",
        read_in=_mount,
        write=render,
        api="HostConfig.Mounts",
        to_api=each_api,
    ),
    several(
        "--tmpfs",
        "TARGET[:OPTIONS]",
        "Mount an empty folder in memory.",
        read=imported("tmpfs", "parse_tmpfs"),
        write=imported("tmpfs", "write_tmpfs"),
        api="HostConfig.Tmpfs",
        to_api=dict,
    ),
    several(
        "--volumes-from",
        "CONTAINER[:ro]",
        "Mount what that container has mounted.",
        api="HostConfig.VolumesFrom",
        completes="container",
    ),
    text("--volume-driver", "NAME", "The driver of new volumes.", api="HostConfig.VolumeDriver"),
    text(
        "--workdir -w", "DIR", "The working directory inside.", read=parse_workdir, api="WorkingDir"
    ),
    switch(
        "--read-only", "Make the container's own files read-only.", api="HostConfig.ReadonlyRootfs"
    ),
    several(
        "--storage-opt",
        "KEY=VALUE",
        "An option of the storage driver, e.g. size=10G.",
        read=imported("pairs", "parse_full_pair"),
        write=pair,
        api="HostConfig.StorageOpt",
        to_api=dict,
    ),
)
