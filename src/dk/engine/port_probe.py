"""Whether a port of a container answers, seen from this host."""

from __future__ import annotations

import select
import socket
from typing import TYPE_CHECKING

from dk.engine import read
from dk.errors import UsageError
from dk.plans.ports import ANY_ADDRESS

if TYPE_CHECKING:
    from dk.engine.context import Target
    from dk.plan import Json

CONNECT_SECONDS = 2.0
SETTLE_SECONDS = 0.3
"""Docker's own proxy takes a connection first and hangs up when nobody listens behind it."""


class PortProbe:
    """Connects to a TCP port of a container; 0 means the first one that is open on the host."""

    def __init__(self, target: Target, port: int) -> None:
        self._target = target
        self._port = port

    def check(self, made: Json) -> None:
        """Raise UsageError where dk can't reach the port of a container that is not started yet."""
        host = made["HostConfig"]
        mode = host["NetworkMode"]
        bound = [*(host.get("PortBindings") or ()), *self._opened_by_all(made)]
        wanted = f"{self._port}/tcp"
        if wanted in bound or (not self._port and any(key.endswith("/tcp") for key in bound)):
            return
        own_address = mode != "none" and not mode.startswith("container:")
        if self._port and (mode == "host" or (own_address and self._target.is_local)):
            return
        raise self._unreachable()

    def _opened_by_all(self, made: Json) -> list[str]:
        opens_all = made["HostConfig"].get("PublishAllPorts")
        return list(made["Config"].get("ExposedPorts") or ()) if opens_all else []

    def _unreachable(self) -> UsageError:
        name = f"port {self._port} is not open" if self._port else "no TCP port is open"
        return UsageError(
            f"--wait-port: {name} on the host",
            "dk can't reach it from here",
            f"add -p {self._port or 'PORT'}",
        )

    def answers(self, inspected: Json) -> bool:
        """Whether somebody takes a connection and keeps it. UsageError where dk can't reach it."""
        return _keeps_connection(*self._address(inspected))

    def _address(self, inspected: Json) -> tuple[str, int]:
        here = self._target.is_local
        if inspected["HostConfig"]["NetworkMode"] == "host" and self._port:
            return ("127.0.0.1" if here else self._target.host), self._port
        ports = [port for port in read.published(inspected) if port.protocol == "tcp"]
        for port in sorted(ports):
            if self._port in {0, port.container_port}:
                if not here:
                    return self._target.host, port.host_port
                loopback = "::1" if ":" in port.host_ip else "127.0.0.1"
                any_address = port.host_ip in ANY_ADDRESS
                return loopback if any_address else port.host_ip, port.host_port
        if here and self._port:
            for network in inspected["NetworkSettings"]["Networks"].values():
                if network.get("IPAddress"):
                    return network["IPAddress"], self._port
        raise self._unreachable()


def _keeps_connection(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), CONNECT_SECONDS) as connection:
            readable, _, _ = select.select([connection], [], [], SETTLE_SECONDS)
            return not readable or connection.recv(1, socket.MSG_PEEK) != b""
    except OSError:
        return False
