"""What a workflow must know before it plans, read from the engine and the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.plans.run import RunState

if TYPE_CHECKING:
    from dk.engine.engine import Engine
    from dk.model import Listener
    from dk.spec.container import ContainerSpec


def observe_for_run(engine: Engine, spec: ContainerSpec) -> RunState:
    """Read what the plan of this spec depends on, and no more."""
    is_here = engine.has_image(spec.image)
    fixed = {
        (port.protocol, int(port.host_port)) for port in spec.ports if port.host_port.isdigit()
    }
    looks_at_containers = bool(fixed) or spec.name is not None
    return RunState(
        image_is_here=is_here,
        local_images=() if is_here else engine.image_names(),
        containers=engine.containers(stopped=True) if looks_at_containers else None,
        networks=engine.networks() if spec.user_network is not None else None,
        listeners=_listeners(fixed) if fixed and engine.target.is_local else (),
    )


def _listeners(fixed: set[tuple[str, int]]) -> tuple[Listener, ...]:
    from dk.host import listeners

    return listeners(fixed)
