"""What a workflow must know before it plans, read from the engine and the host."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dk.plans.run_state import RunState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dk.engine.engine import Engine
    from dk.model import Container, Listener
    from dk.plans.run_state import RunWishes
    from dk.spec.container import ContainerSpec


def observe_for_run(engine: Engine, spec: ContainerSpec, wishes: RunWishes) -> RunState:
    """Read what the plan of this spec depends on, and no more."""
    is_here = engine.has_image(spec.image, spec.platform or "")
    fixed = {
        (port.protocol, int(port.host_port)) for port in spec.ports if port.host_port.isdigit()
    }
    looks_at_containers = bool(fixed) or spec.name is not None
    containers = engine.containers(stopped=True) if looks_at_containers else None
    local = engine.target.is_local
    named = next((each for each in containers or () if spec.name and each.name == spec.name), None)
    return RunState(
        image_is_here=is_here,
        local_images=() if is_here else engine.image_names(),
        containers=containers,
        networks=engine.networks() if spec.user_networks else None,
        listeners=_listeners(fixed) if fixed and local else (),
        missing_folders=tuple(_missing(spec, wishes)) if local else (),
        missing_volumes=_new_volumes(engine, spec),
        cidfile_exists=bool(spec.cidfile) and os.path.lexists(spec.cidfile or ""),
        named_removes_itself=_removes_itself(engine, named) if wishes.replace else False,
        remote_host="" if local else engine.target.host,
        api_version=engine.api_version,
    )


def _listeners(fixed: set[tuple[str, int]]) -> tuple[Listener, ...]:
    from dk.host import listeners

    return listeners(fixed)


def _missing(spec: ContainerSpec, wishes: RunWishes) -> Iterator[str]:
    """Yield the folders to mount that this host does not have, each once.

    Docker makes those of `-v` and refuses those of `--mount`, so these count for `--mkdir` alone.
    """
    sources = [mount.source for mount in spec.mounts if mount.kind == "bind"]
    if wishes.mkdir:
        sources += [mount.source for mount in spec.mount if mount.type == "bind"]
    for source in dict.fromkeys(sources):
        if not os.path.lexists(source):
            yield source


def _new_volumes(engine: Engine, spec: ContainerSpec) -> tuple[str, ...]:
    named = [mount.source for mount in spec.mounts if mount.kind == "volume"]
    named += [mount.source for mount in spec.mount if mount.type == "volume" and mount.source]
    there = engine.volume_names() if named else ()
    return tuple(name for name in dict.fromkeys(named) if name not in there)


def _removes_itself(engine: Engine, named: Container | None) -> bool:
    return named is not None and engine.removes_itself(named.id)
