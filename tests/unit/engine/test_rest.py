"""Small calls to an engine, over a socket that answers as it is told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dk.engine.clock import Clock
from dk.engine.context import Target
from dk.engine.failures import EngineError
from dk.engine.hello import Hello
from dk.engine.rest import RestClient
from dk.errors import DkError, EngineLostError


@contextmanager
def answering(path: Path, *answers: bytes) -> Iterator[RestClient]:
    """A client of a server that gives these answers, then hangs up."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        thread = threading.Thread(target=_serve, args=(server, answers))
        thread.start()
        client = RestClient(Target(f"unix://{path}"), Hello("1.41", False, Clock.of(None)), {})
        try:
            yield client
        finally:
            client.close()
            thread.join()


def _serve(server: socket.socket, answers: tuple[bytes, ...]) -> None:
    connection, _ = server.accept()
    with connection:
        for answer in answers:
            while not connection.recv(65536).endswith(b"\r\n\r\n"):
                pass
            connection.sendall(answer)


@pytest.fixture
def sock(tmp_path: Path) -> Path:
    return tmp_path / "s"


JSON = b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 1}'


def test_answers_of_each_length_are_read_over_one_connection(sock: Path) -> None:
    chunked = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n"
    )
    with answering(sock, JSON, chunked, b"HTTP/1.1 204 No Content\r\n\r\n", JSON) as client:
        assert client.get("/x") == {"a": 1}
        assert client.get("/x") == [1, 2]
        assert client.delete("/x") is None
        assert client.get("/x") == {"a": 1}


def test_an_answer_without_a_length_ends_with_the_connection(sock: Path) -> None:
    with answering(sock, b'HTTP/1.0 200 OK\r\n\r\n{"a":\n1}') as client:
        assert client.get("/x") == {"a": 1}


def test_what_the_engine_refuses_is_told_in_its_words(sock: Path) -> None:
    body = b'{"message":"volume is in use - [a]"}'
    head = f"HTTP/1.1 409 Conflict\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with answering(sock, head + body) as client, pytest.raises(EngineError) as raised:
        client.delete("/volumes/v")
    assert (raised.value.what, raised.value.status) == ("volume is in use - [a]", 409)


def test_what_is_not_there_is_none(sock: Path) -> None:
    gone = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"
    with answering(sock, gone) as client:
        assert client.find("/containers/a/json") is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", EngineLostError),
        (b"HTTP/1.1 200 OK\r\nTransfer-Enc", EngineLostError),
        (b"", EngineLostError),
        (b"SSH-2.0-OpenSSH_9.2\r\n", EngineLostError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", EngineError),
    ],
    ids=["cut off", "cut off in the headers", "nothing", "no HTTP", "no JSON"],
)
def test_what_is_no_answer_is_one_of_dks_own_errors(
    sock: Path, answer: bytes, kind: type[DkError]
) -> None:
    with answering(sock, answer) as client, pytest.raises(kind):
        client.get("/x")
