"""What this host has: who listens, how full a disk is. The engine's, where the engine is local."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dk.model import Disk, Listener

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = {"tcp": ("tcp", "tcp6"), "udp": ("udp", "udp6")}
LISTENING = {"tcp": "0A", "udp": "07"}  # TCP_LISTEN, and TCP_CLOSE for an unconnected UDP socket


def listeners(ports: set[tuple[str, int]], proc: Path = Path("/proc")) -> tuple[Listener, ...]:
    """Return what listens on any of the `(protocol, port)` pairs and on the ports right above.

    Reads Linux's own tables; elsewhere nothing is known and the answer is empty.
    """
    if not sys.platform.startswith("linux") or not ports:
        return ()
    found = [(protocol, *entry) for protocol in TABLES for entry in _sockets(protocol, proc)]
    wanted = {inode for protocol, _, port, inode in found if (protocol, port) in ports}
    owners = _owners(wanted, proc) if wanted else {}
    return tuple(
        Listener(address, port, protocol, *owners.get(inode, ("", 0)))
        for protocol, address, port, inode in found
    )


def _sockets(protocol: str, proc: Path) -> Iterator[tuple[str, int, str]]:
    """Yield (address, port, inode), as the kernel's proc_net_tcp.rst describes them."""
    for table in TABLES[protocol]:
        try:
            lines = (proc / "net" / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == LISTENING[protocol]:
                address, _, port = fields[1].rpartition(":")
                yield _address(address), int(port, 16), fields[9]


def _address(text: str) -> str:
    """Turn the kernel's hexadecimal words, each in the host's byte order, into an address."""
    words = [bytes.fromhex(text[i : i + 8]) for i in range(0, len(text), 8)]
    packed = b"".join(word[::-1] if sys.byteorder == "little" else word for word in words)
    return str(ipaddress.ip_address(packed))


def _owners(inodes: set[str], proc: Path) -> dict[str, tuple[str, int]]:
    """Return (process name, pid) by socket inode, as far as this user may see."""
    owners: dict[str, tuple[str, int]] = {}
    links = {f"socket:[{inode}]": inode for inode in inodes}
    for process in proc.iterdir():
        if not process.name.isdigit():
            continue
        try:
            for descriptor in (process / "fd").iterdir():
                inode = links.get(str(descriptor.readlink()))
                if inode is not None:
                    name = (process / "comm").read_text().strip()
                    owners[inode] = (name, int(process.name))
        except OSError:
            continue  # gone meanwhile, or another user's
    return owners


def disk(path: str) -> Disk:
    """Return what is left on the file system that holds `path`. Raises OSError."""
    found = os.statvfs(path)
    return Disk(
        path=path,
        free=found.f_bavail * found.f_frsize,
        size=found.f_blocks * found.f_frsize,
        free_inodes=found.f_favail,
        inodes=found.f_files,
    )
