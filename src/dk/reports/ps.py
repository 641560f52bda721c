"""The rows of `dk ps`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.plan import DockerCommand
from dk.report import Column, Report, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dk.model import Container, PublishedPort

COLUMNS = (
    Column("NAME"),
    Column("IMAGE", rank=3),
    Column("STATE", rank=1),
    Column("PORTS", rank=2),
    Column("NETWORKS", rank=4),
)


def ps_report(containers: Sequence[Container], *, stopped: bool, quiet: bool = False) -> Report:
    """Return a row for each container, in the engine's order (newest first)."""
    argv = ("docker", "ps", *(["--all"] * stopped), *(["--quiet"] * quiet))
    return Report(
        columns=COLUMNS,
        rows=tuple(_row(container) for container in containers),
        docker=(DockerCommand(argv),),
        empty="no containers" if stopped else "no running containers (dk ps -a shows stopped ones)",
    )


def _row(container: Container) -> Row:
    return Row(
        cells=(
            container.name,
            container.image,
            container.status or container.state,
            ", ".join(short_ports(container.ports)),
            ", ".join(container.networks),
        ),
        quiet=container.id[:12],
        data={
            "id": container.id,
            "name": container.name,
            "image": container.image,
            "image_id": container.image_id,
            "state": container.state,
            "status": container.status,
            "created": container.created.isoformat().replace("+00:00", "Z"),
            "command": container.command,
            "ports": [
                {
                    "container_port": port.container_port,
                    "protocol": port.protocol,
                    "host_ip": port.host_ip or None,
                    "host_port": port.host_port or None,
                }
                for port in container.ports
            ],
            "networks": list(container.networks),
            "labels": dict(container.labels),
        },
    )


def short_ports(ports: Sequence[PublishedPort]) -> list[str]:
    """Return `8080->80`, `127.0.0.1:53->53/udp`; both any-addresses of one port are one."""
    texts: dict[str, None] = {}
    for port in sorted(ports, key=lambda p: (p.container_port, p.protocol, p.host_port)):
        if not port.host_port:
            continue
        everywhere = port.host_ip in {"", "0.0.0.0", "::"}  # noqa: S104 - read, never bound
        address = "" if everywhere else f"{port.host_ip}:"
        protocol = "" if port.protocol == "tcp" else f"/{port.protocol}"
        texts[f"{address}{port.host_port}->{port.container_port}{protocol}"] = None
    return list(texts)
