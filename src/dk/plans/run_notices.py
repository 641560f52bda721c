"""What is worth saying of a run that nothing stands against."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dk.operations.container import Replaced
    from dk.plans.run_state import RunState, RunWishes
    from dk.spec.container import ContainerSpec


def notices(
    spec: ContainerSpec, wishes: RunWishes, state: RunState, replaced: Replaced | None
) -> Iterator[str]:
    """Yield what the user must know before the plan is carried out."""
    if replaced is not None and replaced.running and replaced.removes_itself:
        yield f"{replaced.name} was run with --rm: once stopped it is gone and can't come back"
    if state.missing_folders and not wishes.mkdir:
        folders = ", ".join(state.missing_folders)
        yield f"not there: {folders}; docker makes an empty folder as root, --mkdir as you"
    if wishes.replace:
        begin = f"{spec.name}-replaced-"
        for left in state.containers or ():
            if left.name.startswith(begin):
                yield f"{left.name} is left from a --replace that was killed: {left.status.lower()}"
    yield from _unseen(spec, state)


def _unseen(spec: ContainerSpec, state: RunState) -> Iterator[str]:
    """Say what dk can't look at where the engine's host is another one."""
    if not state.remote_host:
        return
    unseen = []
    if any(mount.kind == "bind" for mount in spec.mounts):
        unseen.append("whether the folders of -v are there")
    if any(port.host_ports() for port in spec.ports):
        unseen.append("whether another program holds a port")
    if unseen:
        yield f"the engine is on {state.remote_host}: dk can't see {' or '.join(unseen)}"


def advice(spec: ContainerSpec, state: RunState) -> Iterator[str]:
    """Say once that ports are open to every machine that can reach the host.

    Who writes 0.0.0.0 knows.
    """
    if spec.network == "host":
        return
    open_ports = [
        port.host_port or f"{port.container_port} (on one that the engine picks)"
        for port in spec.ports
        if not port.host_ip
    ]
    open_ports = list(dict.fromkeys(open_ports))
    if spec.publish_all:
        yield "-P opens the image's ports on all addresses; -p 127.0.0.1::PORT keeps one here"
    elif open_ports:
        named = "port" if len(open_ports) == 1 else "ports"
        host = state.remote_host or "this machine"
        yield (
            f"{named} {', '.join(open_ports)}: open to all who can reach {host};"
            " --local opens for 127.0.0.1 only"
        )
