"""Who listens on this host, from the kernel's tables."""

import os
import socket
import sys

import pytest

from dk.host import listeners

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's own tables")


@pytest.mark.parametrize(
    ("family", "kind", "address", "protocol"),
    [
        (socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1", "tcp"),
        (socket.AF_INET6, socket.SOCK_STREAM, "::1", "tcp"),
        (socket.AF_INET, socket.SOCK_DGRAM, "127.0.0.1", "udp"),
    ],
)
def test_a_listening_socket_is_found_with_its_process(
    family: int, kind: int, address: str, protocol: str
) -> None:
    with socket.socket(family, kind) as sock:
        sock.bind((address, 0))
        if kind == socket.SOCK_STREAM:
            sock.listen()
        port = sock.getsockname()[1]
        found = [entry for entry in listeners({(protocol, port)}) if entry.port == port]
    assert [(entry.address, entry.protocol, entry.pid) for entry in found] == [
        (address, protocol, os.getpid())
    ]
    assert found[0].process


def test_nothing_is_read_where_nothing_is_asked() -> None:
    assert listeners(set()) == ()
