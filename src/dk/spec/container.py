"""What the user wants of a container, however it was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dk.spec.environment import Source
    from dk.spec.mount import Mount
    from dk.spec.port import PortBinding
    from dk.spec.restart import RestartPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSpec:
    """A container to be made. Every field has its row in `spec.run_options` or comes from there.

    A field that nobody set is empty or None; docker's default then holds.
    """

    image: str
    command: tuple[str, ...] = ()
    detach: bool | None = None
    interactive: bool | None = None
    tty: bool | None = None
    remove: bool | None = None
    init: bool | None = None
    name: str | None = None
    environment: tuple[Source, ...] = ()
    ports: tuple[PortBinding, ...] = ()
    network: str | None = None
    network_aliases: tuple[str, ...] = ()
    mounts: tuple[Mount, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    entrypoint: str | None = None
    workdir: str | None = None
    user: str | None = None
    hostname: str | None = None
    restart: RestartPolicy | None = None
    memory: int | None = None  # bytes

    @property
    def attached(self) -> bool:
        """Whether dk follows the container's output."""
        return not self.detach

    @property
    def user_network(self) -> str | None:
        """The network of its own that the container asks for, if it is one with a name."""
        builtin = self.network in {None, "default", "bridge", "host", "none"}
        shared = (self.network or "").startswith("container:")
        return None if builtin or shared else self.network
