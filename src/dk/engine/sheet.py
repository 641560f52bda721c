"""What is shown of a container that runs in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docker

from dk.engine import read
from dk.plan import Done
from dk.plans.ports import ANY_ADDRESS

if TYPE_CHECKING:
    from dk.engine.engine import Engine
    from dk.model import PublishedPort

WEB_PORTS = {
    **dict.fromkeys((80, 3000, 5000, 8000, 8080, 8888), "http://"),
    **dict.fromkeys((443, 8443), "https://"),
}
"""Ports of containers behind which there is a web server as a rule: their address is a link."""


def started(engine: Engine, container_id: str) -> Done:
    """Return its id, its addresses, and what to type for its logs and its end."""
    try:
        inspected = engine.client.inspect_container(container_id)
    except docker.errors.NotFound:  # over and, by `--rm`, gone
        return Done(printed=container_id, details={"id": container_id})
    name = inspected["Name"].removeprefix("/")
    ports = sorted(read.published(inspected))
    addresses = [_address(engine, port) for port in ports]
    sheet = [("container", f"{name} ({container_id[:12]})")]
    sheet += [("open", address) for address in dict.fromkeys(addresses)]
    typed = engine.target.docker
    sheet += [("logs", f"{typed} logs -f {name}"), ("stop", f"{typed} stop {name}")]
    details = {
        "id": container_id,
        "name": name,
        "ports": [
            {
                "container_port": port.container_port,
                "protocol": port.protocol,
                "host_ip": port.host_ip,
                "host_port": port.host_port,
            }
            for port in ports
        ],
    }
    return Done(printed=container_id, sheet=tuple(sheet), details=details)


def _address(engine: Engine, port: PublishedPort) -> str:
    if port.host_ip in ANY_ADDRESS:
        host = "localhost" if engine.target.is_local else engine.target.host
    else:
        host = f"[{port.host_ip}]" if ":" in port.host_ip else port.host_ip
    if port.protocol != "tcp":
        return f"{host}:{port.host_port}/{port.protocol}"
    scheme = WEB_PORTS.get(port.container_port, "")
    return f"{scheme}{host}:{port.host_port}"
