"""Names for a shell: from whatever answers, however oddly."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dk.engine.names import KINDS, names

Serve = Callable[[bytes], dict[str, str]]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Answer every connection with these bytes; the environment that leads there."""
    path = str(tmp_path / "engine.sock")
    answers: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()

        def answer() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(answers[-1])

        threading.Thread(target=answer, daemon=True).start()

        def start(raw: bytes) -> dict[str, str]:
            answers.append(raw)
            return {"DOCKER_HOST": f"unix://{path}", "HOME": str(tmp_path)}

        yield start
        listener.shutdown(socket.SHUT_RDWR)


def http(body: bytes, status: str = "200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(body), body)


def ask(kind: str, environ: dict[str, str]) -> list[str]:
    return [name for name, _ in names(kind, host=None, context=None, environ=environ)]


@pytest.mark.parametrize(
    ("kind", "items", "expected"),
    [
        ("container", [{"Id": "", "Names": ["/w/db", "/db"]}, {"Id": "2" * 64}], ["db", "2" * 12]),
        ("image", [{"RepoTags": ["a:1", "<none>:<none>"]}, {"RepoTags": None}, {}], ["a:1"]),
        ("network", [{"Id": "1", "Name": "front"}], ["front"]),
        ("volume", {"Volumes": [{"Name": "data"}]}, ["data"]),
        ("volume", {"Volumes": None}, []),
    ],
)  # fmt: skip
def test_names_are_read(kind: str, items: Any, expected: list[str], serve: Serve) -> None:
    assert ask(kind, serve(http(json.dumps(items).encode()))) == expected


ODD = [
    b"", b"\0\0\0", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[]", b"HTTP/9 what\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    http(b"<html>"), http(b"null"), http(b"5"), http(b'"x"'), http(b"{}"), http(b"[1]"),
    http(b'[{"Id": 1}]'), http(b'[{"Id": "1", "Names": [5]}]'), http(b"[" * 100_000),
    http(b'[{"Id": "1", "Name": {}, "Created": 1e300, "RepoTags": [7]}]'), http(b"\xff\xfe"),
    http(b'{"Volumes": [{}]}'), http(b'{"message": "no"}', "500 Oh"), http(b"", "301 There"),
    b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n[]",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_is_no_engines_is_none(kind: str, serve: Serve) -> None:
    for raw in ODD:
        assert all(isinstance(name, str) for name in ask(kind, serve(raw))), raw
