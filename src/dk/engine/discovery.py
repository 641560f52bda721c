"""Engines on this machine that nothing points at: tried when the default socket is missing."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from dk.engine.config_file import home

SYSTEM_PODMAN = Path("/run/podman/podman.sock")

# A live local socket takes a connection at once, unless its queue is full.
_PATIENCE = 1.0


def candidates(environ: Mapping[str, str]) -> list[tuple[str, Path]]:
    """Return where other engines listen: name and socket, the likeliest first."""
    runtime = Path(environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    user = home(environ)
    return [
        ("rootless Docker", runtime / "docker.sock"),
        ("Docker Desktop", user / ".docker/desktop/docker.sock"),
        # Docker Desktop's on macOS, rootless Docker's without a runtime folder on Linux.
        ("Docker", user / ".docker/run/docker.sock"),
        ("Colima", user / ".colima/default/docker.sock"),
        ("Colima", user / ".config/colima/default/docker.sock"),
        ("OrbStack", user / ".orbstack/run/docker.sock"),
        ("Rancher Desktop", user / ".rd/docker.sock"),
        ("Podman", runtime / "podman/podman.sock"),
        ("Podman", SYSTEM_PODMAN),
    ]


def live_sockets(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the candidates that take a connection now, each engine once."""
    return _live(candidates(environ))


def _live(sockets: Iterable[tuple[str, Path]]) -> list[tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name, path in sockets:
        if _answers(path):
            found.setdefault(os.path.realpath(path), (name, str(path)))
    return list(found.values())


def _answers(path: Path) -> bool:
    import socket

    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_PATIENCE)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
