"""Whether the host ports that a container asks for are free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.errors import DkError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dk.model import Container, Listener
    from dk.spec.port import PortBinding

ANY_ADDRESS = {"", "0.0.0.0", "::"}  # noqa: S104 - compared, never bound


def check_ports(
    ports: Sequence[PortBinding], containers: Iterable[Container], listeners: Iterable[Listener]
) -> None:
    """Raise DkError for the first fixed host port that somebody holds, or that is asked twice."""
    held = [*_by_containers(containers), *_by_processes(listeners)]
    asked: list[tuple[str, str, int]] = []
    for port in ports:
        for number in _fixed(port):
            for address, protocol, other in asked:
                if protocol == port.protocol and other == number and _meet(address, port.host_ip):
                    raise DkError(
                        f"host port {number}/{protocol} is asked for twice",
                        fix="give one of them another",
                    )
            for address, protocol, other, holder in held:
                if protocol == port.protocol and other == number and _meet(address, port.host_ip):
                    taken = {entry[2] for entry in held} | {entry[2] for entry in asked}
                    raise _taken(port, number, holder, taken)
            asked.append((port.host_ip, port.protocol, number))


def without(listeners: Iterable[Listener], container: Container | None) -> list[Listener]:
    """Return the listeners without those that hold the ports of `container` for the engine."""
    held = {(port.protocol, port.host_port) for port in container.ports} if container else set()
    return [each for each in listeners if (each.protocol, each.port) not in held]


def _fixed(port: PortBinding) -> Sequence[int]:
    """A host range lets the engine choose, so only a single port is fixed."""
    return [int(port.host_port)] if port.host_port.isdigit() and int(port.host_port) else []


def _meet(one: str, other: str) -> bool:
    """Whether two addresses share a socket; the empty one is every address of both families."""
    if not one or not other:
        return True
    if (":" in one) != (":" in other):
        return False
    return one in ANY_ADDRESS or other in ANY_ADDRESS or one == other


def _taken(port: PortBinding, number: int, holder: str, taken: set[int]) -> DkError:
    free = next((n for n in range(number + 1, 65536) if n not in taken), None)
    address = f"{port.host_ip}:" if port.host_ip else ""
    suffix = "" if port.protocol == "tcp" else f"/{port.protocol}"
    return DkError(
        f"host port {number} is taken",
        f"by {holder}",
        f"the next free one: -p {address}{free}:{port.container_port}{suffix}"
        if free
        else "choose a lower one",
    )


def _by_containers(containers: Iterable[Container]) -> Iterator[tuple[str, str, int, str]]:
    for container in containers:
        for port in container.ports:
            if port.host_port:
                holder = f"container {container.name} ({port.host_port}->{port.container_port})"
                yield port.host_ip, port.protocol, port.host_port, holder


def _by_processes(listeners: Iterable[Listener]) -> Iterator[tuple[str, str, int, str]]:
    for listener in listeners:
        holder = (
            f"{listener.process} (process {listener.pid})"
            if listener.pid
            else "a process of another user"
        )
        # A listener on [::] takes IPv4 as well, as a rule.
        address = "" if listener.address == "::" else listener.address
        yield address, listener.protocol, listener.port, holder
