import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from dk.engine import address
from dk.engine.context import Target, TlsFiles, resolve
from dk.errors import UsageError

Env = dict[str, str]


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Env:
    """An empty home, on a machine without any engine's socket."""
    monkeypatch.setattr(address, "DEFAULT_SOCKET", str(tmp_path / "default.sock"))
    monkeypatch.setattr("dk.engine.discovery.SYSTEM_PODMAN", tmp_path / "podman.sock")
    return {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run")}


@pytest.fixture
def store(tmp_path: Path) -> Callable[..., Path]:
    """Adds a context to docker's store and returns its TLS folder."""

    def add(name: str, *, files: tuple[str, ...] = (), **endpoint: Any) -> Path:
        digest = sha256(name.encode()).hexdigest()
        meta = tmp_path / ".docker/contexts/meta" / digest
        meta.mkdir(parents=True)
        data = {"Name": name, "Metadata": {}, "Endpoints": {"docker": endpoint}}
        (meta / "meta.json").write_text(json.dumps(data))
        tls = tmp_path / ".docker/contexts/tls" / digest / "docker"
        tls.mkdir(parents=True)
        for file in files:
            (tls / file).write_text("pem")
        return tls

    return add


def choose(environ: Env, host: str | None = None, context: str | None = None, **env: str) -> Target:
    return resolve(host=host, context=context, environ={**environ, **env})


def write_config(environ: Env, text: str) -> Path:
    file = Path(environ["HOME"], ".docker/config.json")
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return file


def test_the_order_is_context_host_docker_host_docker_context_config_default(
    environ: Env, store: Callable[..., Path]
) -> None:
    for number, name in enumerate(("flag", "variable", "config")):
        store(name, Host=f"tcp://ctx{number}:1")
    write_config(environ, '{"currentContext": "config"}')
    both = {"DOCKER_HOST": "tcp://env:1", "DOCKER_CONTEXT": "variable"}

    chosen = [
        choose(environ, context="flag", **both),
        choose(environ, host="tcp://flag:1", **both),
        choose(environ, **both),
        choose(environ, DOCKER_CONTEXT="variable", DOCKER_HOST=""),
        choose(environ),
    ]
    write_config(environ, "{}")
    chosen.append(choose(environ))

    assert [(target.address, target.context, target.source) for target in chosen] == [
        ("tcp://ctx0:1", "flag", "context flag (--context)"),
        ("tcp://flag:1", "default", "--host"),
        ("tcp://env:1", "default", "DOCKER_HOST"),
        ("tcp://ctx1:1", "variable", "context variable (DOCKER_CONTEXT)"),
        ("tcp://ctx2:1", "config", "context config (currentContext in config.json)"),
        (f"unix://{address.DEFAULT_SOCKET}", "default", "default socket"),
    ]


def test_host_and_context_together_are_refused(environ: Env) -> None:
    with pytest.raises(UsageError, match="conflicting options"):
        choose(environ, host="tcp://a:1", context="default")


def test_an_empty_host_is_the_default_socket_as_in_docker(environ: Env) -> None:
    assert choose(environ, host="", DOCKER_HOST="tcp://env:1").address.startswith("unix://")


def test_the_default_context_still_reads_docker_host(environ: Env) -> None:
    target = choose(environ, context="default", DOCKER_HOST="tcp://env:1")
    assert (target.address, target.context) == ("tcp://env:1", "default")


def test_docker_config_moves_the_store_and_the_config(environ: Env, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text('{"currentContext": "gone"}')
    with pytest.raises(UsageError, match="no context gone"):
        choose(environ, DOCKER_CONFIG=str(other))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tcp://:2399", "tcp://localhost:2399"),
        (":2399", "tcp://localhost:2399"),
        ("tcp://", "tcp://localhost:2375"),
        ("tcp://h", "tcp://h:2375"),
        ("h", "tcp://h:2375"),
        (" h:1 ", "tcp://h:1"),
        ("h:1/prefix", "tcp://h:1/prefix"),
        ("[::1]:1", "tcp://[::1]:1"),
        ("::1", "tcp://[::1]:2375"),
        ("/run/x.sock", "unix:///run/x.sock"),
        ("./x.sock", "unix://./x.sock"),
        ("unix:///x", "unix:///x"),
        ("ssh://u@H:22/run/x.sock", "ssh://u@H:22/run/x.sock"),
    ],
)
def test_every_form_of_a_host(environ: Env, text: str, expected: str) -> None:
    assert choose(environ, host=text).address == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("bogus://x", "bogus://"),
        ("http://a:1", "http://"),
        ("fd://", "fd://"),
        ("npipe:////./pipe/x", "Windows"),
        ("unix:///a://b", "://"),
        ("tcp://a:b", "host:port"),
        ("tcp://a:99999", "65535"),
        ("tcp://u@a:1", "host:port"),
        ("ssh://", "missing"),
        ("ssh://h?x=1", r"\?"),
        ("ssh://h#f", "#"),
    ],
)
def test_a_bad_host_is_a_usage_error(environ: Env, text: str, why: str) -> None:
    for chosen in ({"host": text}, {"DOCKER_HOST": text}):
        with pytest.raises(UsageError, match="bad engine address") as error:
            choose(environ, **chosen)
        assert why.replace("\\", "") in error.value.why


@pytest.mark.parametrize(
    "text",
    [
        "ssh://me:hunter2@h",
        "ssh://me:hunter2@h?x",
        "tcp://me:hunter2@h:1",
        "me:hunter2@h",
        "http://me:hunter2@h",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_shown(environ: Env, text: str) -> None:
    with pytest.raises(UsageError, match="me:•••@h") as error:
        choose(environ, host=text)
    assert "hunter2" not in str(error.value)


def test_an_unknown_context_is_an_error_with_the_nearest_names(
    environ: Env, store: Callable[..., Path]
) -> None:
    store("staging", Host="tcp://a:1")
    with pytest.raises(UsageError, match="no context stagign") as near:
        choose(environ, context="stagign")
    with pytest.raises(UsageError, match="no context qqq") as far:
        choose(environ, DOCKER_CONTEXT="qqq")
    assert near.value.fix == "did you mean staging"
    assert far.value.fix == "choose one that is there: default, staging"
    assert far.value.why == "asked for by DOCKER_CONTEXT"


def test_a_context_brings_its_tls_files(environ: Env, store: Callable[..., Path]) -> None:
    folder = store("full", files=("ca.pem", "cert.pem", "key.pem"), Host="tcp://a:1")
    store("skip", Host="tcp://a:1", SkipTLSVerify=True)
    store("plain", Host="tcp://a:1")
    store("socket", files=("ca.pem",), Host="unix:///x")

    files = {
        name: choose(environ, context=name).tls for name in ("full", "skip", "plain", "socket")
    }

    ca, cert, key = (str(folder / file) for file in ("ca.pem", "cert.pem", "key.pem"))
    assert files == {
        "full": TlsFiles(ca, cert, key, verify=True),
        "skip": TlsFiles(None, None, None, verify=False),
        "plain": None,
        "socket": None,
    }


def test_tls_from_the_environment(environ: Env, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("pem")
    path = str(tmp_path)
    ca = str(tmp_path / "ca.pem")

    verified = choose(environ, "tcp://a:1", DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=path)
    unverified = choose(environ, "tcp://a:1", DOCKER_TLS="1", DOCKER_CERT_PATH=path)
    path_alone = choose(environ, "tcp://a:1", DOCKER_CERT_PATH=path)
    no_host = choose(environ, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=path)
    on_a_socket = choose(environ, "unix:///x", DOCKER_TLS_VERIFY="1")

    assert verified.tls == TlsFiles(ca, None, None, verify=True)
    assert unverified.tls == TlsFiles(ca, None, None, verify=False)
    assert path_alone.tls is None
    assert no_host.address == "tcp://localhost:2376"
    assert on_a_socket.tls is None


def test_tls_without_a_ca_file_is_an_error_that_names_it(environ: Env) -> None:
    with pytest.raises(UsageError, match=r"\.docker/ca\.pem"):
        choose(environ, "tcp://a:1", DOCKER_TLS_VERIFY="1")


@pytest.mark.parametrize("text", ["{", "[]", '{"currentContext": 3}', "\x00"])
def test_a_broken_config_is_an_error_that_names_the_file(environ: Env, text: str) -> None:
    file = write_config(environ, text)
    with pytest.raises(UsageError) as error:
        choose(environ)
    assert str(file) in error.value.what


def test_an_empty_config_is_none(environ: Env) -> None:
    write_config(environ, "")
    assert choose(environ).source == "default socket"


def test_a_context_without_an_engine_is_an_error_that_names_the_file(
    environ: Env, store: Callable[..., Path]
) -> None:
    store("odd")
    meta = next(Path(environ["HOME"]).rglob("meta.json"))
    for broken in ('{"Endpoints": {}}', '{"Endpoints": 1}', "{"):
        meta.write_text(broken)
        with pytest.raises(UsageError, match=r"meta\.json"):
            choose(environ, context="odd")


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("unix:///x", True),
        ("tcp://localhost:1", True),
        ("tcp://127.1.2.3:1", True),
        ("tcp://[::1]:1", True),
        ("tcp://198.18.0.1:1", False),
        ("tcp://build:1", False),
        ("ssh://localhost", False),
    ],
)
def test_which_engines_are_local(text: str, local: bool) -> None:
    assert Target(text).is_local is local
