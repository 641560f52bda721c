"""What a cleanup finds in the private engine: as many containers, images, volumes as one wants.

Made over plain HTTP by several threads: it is made anew before every command that is timed.
"""

from __future__ import annotations

import hashlib
import io
import json
import socket
import tarfile
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any, NamedTuple

from benchmarks.engine import PRIVATE_ENGINE

THREADS = 8
SHARING = 10  # images that have one base in common, which is the first of them
LAYER_BYTES = 16 * 1024
BUILT_IN = 3  # networks that every engine has


class Size(NamedTuple):
    """How many there are of each kind. The images are dealt out to the containers."""

    containers: int
    images: int = 0
    volumes: int = 0
    networks: int = 0

    def __str__(self) -> str:
        kinds = zip(self, self._fields, strict=True)
        return " + ".join(f"{count:,} {kind}" for count, kind in kinds if count)


def make(size: Size) -> None:
    """Make containers that never ran, an image's tag each, anonymous volumes, networks."""
    with ThreadPoolExecutor(THREADS) as pool:
        groups = [range(i, min(i + SHARING, size.images)) for i in range(0, size.images, SHARING)]
        list(pool.map(lambda group: _call("POST", "/images/load", _archive(group)), groups))
        containers = [{"Image": _tag(i % size.images)} for i in range(size.containers)]
        _create(pool, "/containers/create", containers)
        _create(pool, "/volumes/create", [{} for _ in range(size.volumes)])
        _create(pool, "/networks/create", [{"Name": f"net{i}"} for i in range(size.networks)])


def left() -> Size:
    """Return how many there are now; the engine's own three networks do not count."""
    return Size(
        len(_call("GET", "/containers/json?all=1")),
        len(_call("GET", "/images/json")),
        len(_call("GET", "/volumes")["Volumes"] or ()),
        len(_call("GET", "/networks")) - BUILT_IN,
    )


def _create(pool: ThreadPoolExecutor, path: str, bodies: list[dict[str, str]]) -> None:
    list(pool.map(lambda body: _call("POST", path, json.dumps(body).encode()), bodies))


def _tag(number: int) -> str:
    return f"scene/app{number}:1"


def _archive(numbers: range) -> bytes:
    """Return images as `docker load` takes them: the first is the base of the others."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        layers = [_layer(number) for number in numbers]
        for number, layer in zip(numbers, layers, strict=True):
            _add(archive, f"{number}.tar", layer)
        manifest = []
        for number in numbers:
            stack = dict.fromkeys((numbers[0], number))
            digests = [hashlib.sha256(layers[each - numbers[0]]).hexdigest() for each in stack]
            config = {
                "os": "linux",
                "architecture": "amd64",
                "config": {"Cmd": ["true"]},
                "rootfs": {"type": "layers", "diff_ids": [f"sha256:{each}" for each in digests]},
                "history": [{"created_by": f"scene {each}"} for each in stack],
            }
            _add(archive, f"{number}.json", json.dumps(config).encode())
            manifest.append(
                {
                    "Config": f"{number}.json",
                    "RepoTags": [_tag(number)],
                    "Layers": [f"{each}.tar" for each in stack],
                }
            )
        _add(archive, "manifest.json", json.dumps(manifest).encode())
    return content.getvalue()


def _layer(number: int) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as layer:
        _add(layer, f"file{number}", number.to_bytes(2, "big") * (LAYER_BYTES // 2))
    return content.getvalue()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


_own = threading.local()


class _Connection(HTTPConnection):
    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(PRIVATE_ENGINE.removeprefix("unix://"))


def _call(method: str, path: str, body: bytes | None = None) -> Any:
    """Return the last line of JSON in the answer; each thread has a connection of its own."""
    connection = _own.__dict__.setdefault("connection", _Connection("localhost"))
    kind = "application/x-tar" if path == "/images/load" else "application/json"
    connection.request(method, path, body, {"Content-Type": kind})
    response = connection.getresponse()
    *_, last = response.read().splitlines()
    answer = json.loads(last)
    if response.status >= 400 or "error" in answer:
        raise RuntimeError(f"{method} {path}: {answer}")
    return answer
