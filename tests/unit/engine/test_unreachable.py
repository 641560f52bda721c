import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import docker
import pytest
import requests

from dk.engine.client import connect
from dk.engine.context import Target
from dk.engine.dial import SshError, ssh_command
from dk.engine.failures import EngineError, translate
from dk.engine.unreachable import explain_unreachable
from dk.errors import DkError, EngineLostError, ExitCode, UsageError

OK = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK"


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def answering(path: Path, *answers: str) -> Iterator[list[str]]:
    """Serve one connection at the socket: one answer a request, then close. Yields the requests."""
    seen: list[str] = []
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def serve() -> None:
            peer, _ = server.accept()
            with peer:
                for answer in answers:
                    seen.append(peer.recv(65536).decode())
                    peer.sendall(answer.encode())

        thread = threading.Thread(target=serve)
        thread.start()
        yield seen
        thread.join()


def failure(target: Target, **environ: str) -> DkError:
    with pytest.raises(DkError) as error:
        connect(target, {"HOME": "/nonexistent", **environ})
    return error.value


def at(path: Path, source: str = "--host") -> Target:
    return Target(f"unix://{path}", source=source)


def test_a_missing_socket_says_what_was_tried(folder: Path) -> None:
    error = failure(at(folder / "none"))
    assert error.what == f"no Docker engine at unix://{folder / 'none'} (--host)"
    assert error.why == f"there is no {folder / 'none'}"
    assert error.exit_code == ExitCode.NO_ENGINE


@pytest.mark.parametrize(
    ("programs", "why", "fix"),
    [
        ([], "no Docker engine is installed here", "install"),
        (["docker"], "only the docker command is installed here", "install"),
        (["docker", "dockerd"], "the engine is installed but not running", "start"),
    ],
)
def test_a_missing_default_socket_tells_not_installed_from_not_running(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    programs: list[str],
    why: str,
    fix: str,
) -> None:
    monkeypatch.setattr("dk.engine.unreachable._find_program", programs.__contains__)
    error = failure(at(folder / "none", "default socket"))
    assert error.why == why
    assert fix in error.fix


def test_a_dead_socket_means_not_running(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(folder / "sock"))
    error = failure(at(folder / "sock"))
    assert "not running" in error.why
    assert "start" in error.fix


def test_what_is_not_a_socket_is_named_so(folder: Path) -> None:
    assert failure(at(folder)).why == f"{folder} is not a socket"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user's socket")
def test_no_permission_says_how_to_get_it(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "sock"))
        (folder / "sock").chmod(0o660)
        os.chown(folder / "sock", 0, 1)
        os.seteuid(65534)
        try:
            error = failure(at(folder / "sock"))
        finally:
            os.seteuid(0)
    assert error.why == "your user may not open the socket"
    assert "sudo usermod -aG daemon $USER" in error.fix


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "not a Docker engine"),
        ("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno", "HTTP 502: no"),
        (OK.replace("1.41", "1.12"), "API 1.12, dk needs 1.24"),
        (
            "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
            "it speaks TLS",
        ),
        ("SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0"),
        ("", "closed"),
    ],
)
def test_what_answers_but_is_no_engine(folder: Path, answer: str, why: str) -> None:
    with answering(folder / "sock", answer):
        error = failure(at(folder / "sock"))
    assert why in error.why
    assert error.exit_code == ExitCode.NO_ENGINE


def test_a_refused_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as held:  # bound, not listening
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        error = failure(Target(f"tcp://127.0.0.1:{port}", source="DOCKER_HOST"))
    assert error.why == f"nothing listens on port {port} there"


@pytest.mark.parametrize(
    ("stderr", "code", "why", "fix"),
    [
        ("Host key verification failed.\n", 255, "host key of h is unknown", "ssh -p 22 u@h"),
        (
            "u@h: Permission denied (publickey).\n",
            255,
            "u@h: Permission denied (publickey)",
            "key or an agent",
        ),
        ("ssh: connect to host h port 22: Connection refused\n", 255, "no ssh server", "port"),
        ("bash: line 1: docker: command not found\n", 127, "no docker command on h", "install"),
        ("Cannot connect to the Docker daemon at unix:///x.", 1, "on h is not running", "start"),
        (
            "dial unix /x: connect: permission denied\n",
            1,
            "may not use",
            "usermod -aG docker u",
        ),
        ("kex_exchange_identification: read: oops\n", 255, "oops", "docker version"),
    ],
)
def test_what_ssh_said_is_the_cause(stderr: str, code: int, why: str, fix: str) -> None:
    target = Target("ssh://u@h:22", source="DOCKER_HOST")
    error = explain_unreachable(target, requests.ConnectionError(SshError(code, stderr)))
    assert why in error.why
    assert fix in error.fix


@pytest.mark.parametrize(
    ("text", "argv"),
    [
        ("ssh://h", ["-T", "--", "h", "docker system dial-stdio"]),
        ("ssh://u@h:2", ["-T", "-l", "u", "-p", "2", "--", "h", "docker system dial-stdio"]),
        ("ssh://[::1]/", ["-T", "--", "::1", "docker system dial-stdio"]),
        (
            "ssh://h/run/a b.sock",
            ["-T", "--", "h", "docker '--host=unix:///run/a b.sock' system dial-stdio"],
        ),
    ],
)
def test_the_ssh_command_is_dockers(text: str, argv: list[str]) -> None:
    assert ssh_command(text) == ["ssh", "-o", "ConnectTimeout=30", *argv]


@pytest.mark.parametrize(
    ("offered", "environ", "spoken"),
    [
        ("1.41", {}, "1.41"),
        ("1.99", {}, "1.51"),
        ("1.41", {"DOCKER_API_VERSION": "v1.40"}, "1.40"),
    ],
)
def test_the_api_version_is_agreed_on_by_one_request(
    folder: Path, offered: str, environ: dict[str, str], spoken: str
) -> None:
    with answering(folder / "sock", OK.replace("1.41", offered)) as seen:
        connect(at(folder / "sock"), {"HOME": str(folder), **environ}).close()
    assert [request.split("\r\n")[0] for request in seen] == ["GET /_ping HTTP/1.1"]
    with answering(folder / "sock2", OK.replace("1.41", offered)):
        client = connect(at(folder / "sock2"), {"HOME": str(folder), **environ})
        assert client.api_version == spoken
        client.close()


def test_a_bad_docker_api_version_is_a_usage_error(folder: Path) -> None:
    assert isinstance(failure(at(folder), DOCKER_API_VERSION="new"), UsageError)


@pytest.mark.parametrize("text", ['{"auths": {"a": 1}}', '{"auths": {"a": {"auth": "x"}}}', "{"])
def test_a_broken_config_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (folder / "config.json").write_text(text)
    monkeypatch.setenv("DOCKER_CONFIG", str(folder))  # the SDK reads it itself
    error = failure(at(folder / "none"), DOCKER_CONFIG=str(folder))
    assert isinstance(error, UsageError)
    assert str(folder / "config.json") in error.what


def test_the_engines_own_message_and_status_are_kept(folder: Path) -> None:
    refusal = '{"message":"No such container:\\n web."}'
    answer = f"HTTP/1.1 404 Not Found\r\nContent-Length: {len(refusal)}\r\n"
    answer += f"Content-Type: application/json\r\n\r\n{refusal}"
    with answering(folder / "sock", OK, answer):
        client = connect(at(folder / "sock"), {"HOME": str(folder)})
        with pytest.raises(docker.errors.NotFound) as raised:
            client.inspect_container("web")
        client.close()
    error = translate(raised.value)
    assert isinstance(error, EngineError)
    assert (error.what, error.status) == ("No such container: web", 404)


def test_an_engine_that_goes_down_midway_is_told_so(folder: Path) -> None:
    with answering(folder / "sock", OK, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n["):
        client = connect(at(folder / "sock"), {"HOME": str(folder)})
        with pytest.raises(requests.RequestException) as raised:
            client.containers()
        client.close()
    error = translate(raised.value)
    assert isinstance(error, EngineLostError)
    assert error.what == "the connection to the engine broke off"


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: requests.ReadTimeout(TimeoutError("x")), "did not answer in time"),
        (lambda: BrokenPipeError(32, "Broken pipe"), "broke off"),
        (lambda: UsageError("mine"), "mine"),
    ],
)
def test_other_failures_of_a_call(make: Callable[[], Exception], what: str) -> None:
    assert what in translate(make()).what
