import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from dk.engine import address
from dk.engine.context import Target, resolve

Listen = Callable[[str], Path]


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A short path (a socket's may have 107 bytes), and no socket of the real machine."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        monkeypatch.setattr(address, "DEFAULT_SOCKET", str(home / "default.sock"))
        monkeypatch.setattr("dk.engine.discovery.SYSTEM_PODMAN", home / "podman.sock")
        yield home


@pytest.fixture
def listen(home: Path) -> Iterator[Listen]:
    servers: list[socket.socket] = []

    def start(place: str) -> Path:
        path = home / place
        path.parent.mkdir(parents=True, exist_ok=True)
        server = socket.socket(socket.AF_UNIX)
        servers.append(server)
        server.bind(str(path))
        server.listen()
        return path

    yield start
    for server in servers:
        server.close()


def choose(home: Path, **env: str) -> Target:
    environ = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), **env}
    return resolve(host=None, context=None, environ=environ)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("run/docker.sock", "rootless Docker"),
        (".docker/desktop/docker.sock", "Docker Desktop"),
        (".docker/run/docker.sock", "Docker"),
        (".colima/default/docker.sock", "Colima"),
        (".config/colima/default/docker.sock", "Colima"),
        (".orbstack/run/docker.sock", "OrbStack"),
        (".rd/docker.sock", "Rancher Desktop"),
        ("run/podman/podman.sock", "Podman"),
        ("podman.sock", "Podman"),
    ],
)
def test_an_engine_that_listens_elsewhere_is_found(
    home: Path, listen: Listen, place: str, name: str
) -> None:
    path = listen(place)
    place = f"unix://{path}"
    assert choose(home) == Target(place, source=f"found: {name}", flags=("-H", place))


def test_the_others_are_named_when_several_answer(home: Path, listen: Listen) -> None:
    first, second = listen("run/docker.sock"), listen(".colima/default/docker.sock")
    target = choose(home)
    assert target.address == f"unix://{first}"
    assert target.also_found == (f"Colima: unix://{second}",)


def test_a_dead_socket_is_passed_over(home: Path, listen: Listen) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        (home / "run").mkdir()
        dead.bind(str(home / "run/docker.sock"))
    assert choose(home).source == "default socket"
    path = listen(".orbstack/run/docker.sock")
    assert choose(home).address == f"unix://{path}"


def test_two_names_of_one_socket_count_once(home: Path, listen: Listen) -> None:
    path = listen(".docker/run/docker.sock")
    link = home / ".colima/default/docker.sock"
    link.parent.mkdir(parents=True)
    link.symlink_to(path)
    assert choose(home).also_found == ()


def test_nothing_is_looked_for_where_the_default_socket_is_there(
    home: Path, listen: Listen
) -> None:
    listen("run/docker.sock")
    (home / "default.sock").touch()
    assert choose(home).source == "default socket"


def test_nothing_is_looked_for_where_an_engine_is_configured(home: Path, listen: Listen) -> None:
    listen("run/docker.sock")
    assert choose(home, DOCKER_HOST="unix:///gone").address == "unix:///gone"
    assert choose(home, DOCKER_CONTEXT="default").source.startswith("default socket")
