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
    """A container as the engine's list has it."""

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
    labels: Mapping[str, str] = field(default_factory=dict)


class Image(NamedTuple):
    """An image that the engine holds."""

    id: str
    exposed_ports: tuple[str, ...] = ()


class Network(NamedTuple):
    """A network that the engine knows."""

    id: str
    name: str
    driver: str


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
