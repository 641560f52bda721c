"""The connection that turns into a container's streams."""

import socket
import threading
from pathlib import Path

import pytest

from dk.engine.context import Target
from dk.engine.failures import EngineError
from dk.engine.upgrade import upgrade


def answering(path: Path, answer: bytes) -> list[bytes]:
    """Listen on a socket; give one answer, and collect what was asked."""
    asked: list[bytes] = []
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, listener:
            asked.append(connection.recv(65536))
            connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return asked


def test_the_headers_of_config_json_go_with_it_and_the_first_bytes_are_kept(tmp_path: Path) -> None:
    asked = answering(tmp_path / "s", b"HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\nfirst")
    stream, first = upgrade(Target(f"unix://{tmp_path}/s"), "/v1.41/x", {"X-Team": "grün".encode()})
    stream.close()
    assert first == b"first"
    head, _, body = asked[0].partition(b"\r\n\r\n")
    assert "X-Team: grün".encode() in head.split(b"\r\n")
    assert (head.split(b"\r\n")[0], body) == (b"POST /v1.41/x HTTP/1.1", b"")


def test_a_refusal_is_told_in_the_engines_words(tmp_path: Path) -> None:
    answering(tmp_path / "s", b'HTTP/1.1 400 Bad Request\r\n\r\n{"message": "Invalid detach keys"}')
    with pytest.raises(EngineError, match="Invalid detach keys"):
        upgrade(Target(f"unix://{tmp_path}/s"), "/x", {})
