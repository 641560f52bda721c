"""What the engine has, as it was when dk looked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class PublishedPort(NamedTuple):
    """A port of a running container; `host_port` is 0 where it is exposed but not published."""

    container_port: int
    protocol: str
    host_ip: str = ""
    host_port: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container as the engine's list has it; `end` only where it was looked at by itself."""

    id: str
    name: str
    image: str
    image_id: str
    state: str  # created, running, paused, restarting, removing, exited, dead
    status: str  # the engine's words: "Up 3 minutes (healthy)"
    created: datetime
    command: str = ""
    ports: tuple[PublishedPort, ...] = ()
    networks: tuple[str, ...] = ()
    network_mode: str = ""  # bridge, host, none, container:ID, else the name or id of its network
    volumes: tuple[str, ...] = ()  # names of the volumes that it mounts
    mounted_images: tuple[str, ...] = ()  # names or ids
    labels: Mapping[str, str] = field(default_factory=dict)
    size: int | None = None  # bytes that it wrote into its own layer
    end: ContainerEnd | None = None


class ContainerEnd(NamedTuple):
    """How a container that does not run came to its end, and whether it is meant to start again."""

    started: datetime | None  # None: never
    finished: datetime | None
    exit_code: int
    restart_policy: str = "no"  # no, on-failure, always, unless-stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image that the engine holds, untagged parents of the classic builder included."""

    id: str
    tags: tuple[str, ...] = ()  # as docker prints them: "app:1"
    digests: tuple[str, ...] = ()  # "app@sha256:…": where it can be pulled from
    size: int = 0  # bytes of all its layers
    created: datetime | None = None  # None: not known, or implausible
    last_tagged: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    parent: str = ""  # the id of the image that the classic builder made it from
    layers: tuple[str, ...] = ()  # digests of its layers' contents, the base's first

    @property
    def name(self) -> str:
        """Its first tag, else the repository that it was pulled from, else its short id."""
        if self.tags:
            return self.tags[0]
        repository = self.digests[0].partition("@")[0] if self.digests else ""
        short = self.id.removeprefix("sha256:")[:12]
        return f"{repository}@{short}" if repository not in {"", "<none>"} else short


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network that the engine knows."""

    id: str
    name: str
    driver: str
    created: datetime | None = None
    scope: str = "local"  # local, swarm, global
    ingress: bool = False
    config_from: str = ""  # the network whose configuration it takes
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A volume that the engine knows."""

    name: str
    driver: str = "local"
    created: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    size: int | None = None  # bytes; None: not known


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheRecord:
    """A record of BuildKit's cache."""

    id: str
    kind: str  # regular, source.local, exec.cachemount, frontend, internal, …
    description: str = ""
    size: int = 0  # bytes
    created: datetime | None = None
    last_used: datetime | None = None
    in_use: bool = False
    shared: bool = False  # with an image: removing it frees nothing
    parents: tuple[str, ...] = ()


class DiskUsage(NamedTuple):
    """The engine's own accounting, in bytes."""

    layers: int  # of images, each layer once
    unshared_cache: int  # of BuildKit's records that no image shares

    @property
    def total(self) -> int:
        """Both together."""
        return self.layers + self.unshared_cache


class Listener(NamedTuple):
    """A socket that listens on this host, with its process where that may be seen."""

    address: str
    port: int
    protocol: str
    process: str = ""
    pid: int = 0


class Disk(NamedTuple):
    """What is left of a file system: bytes and inodes; both inode counts are 0 where it has none.

    Free is what a user without privileges may still take.
    """

    path: str
    free: int
    size: int
    free_inodes: int
    inodes: int
