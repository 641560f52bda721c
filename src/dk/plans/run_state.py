"""What the plan of `dk run` is made from, besides the container that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dk.model import Container, Listener, Network
    from dk.spec.wait import WaitFor


class RunWishes(NamedTuple):
    """What `dk run` was asked for besides the container itself.

    `pull` is always, missing or never.
    """

    pull: str = "missing"
    replace: bool = False
    mkdir: bool = False
    wait: WaitFor | None = None


class RunState(NamedTuple):
    """What `dk run` looked at; a part that the spec doesn't need is None.

    `remote_host` is where the engine runs if that is not here: dk can't look at that host.
    `named_removes_itself` is true where the container of that `--name` was run with `--rm`.
    """

    image_is_here: bool = True
    local_images: Sequence[str] = ()
    containers: Sequence[Container] | None = None
    networks: Sequence[Network] | None = None
    listeners: Sequence[Listener] = ()
    missing_folders: Sequence[str] = ()
    missing_volumes: Sequence[str] = ()
    cidfile_exists: bool = False
    named_removes_itself: bool = False
    remote_host: str = ""
    api_version: tuple[int, ...] = (1, 51)
