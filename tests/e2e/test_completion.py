"""Lines completed with the Tab key, in real shells: what the command then gets is what counts."""

import json
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any

import docker as sdk
import pexpect
import pytest

from tests.conftest import RunDk

SHELLS = {
    "bash": (["--norc", "--noprofile", "-i"], "source <(dk completion bash)"),
    "zsh": (
        ["-f", "-i"],
        "autoload -Uz compinit && compinit -u -D && source <(dk completion zsh)",
    ),
    "fish": (["--no-config", "-i"], "dk completion fish | source"),
}

Type = Callable[[str], list[str]]


@pytest.fixture
def home(environ: dict[str, str], tmp_path: Path) -> Path:
    """The folder where shells start. `dk` there answers shells and else notes its arguments."""
    program = tmp_path / "bin" / "dk"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\n"
        f'case $1 in __complete|completion) exec {sys.executable} -m dk "$@" ;; esac\n'
        f"for word; do printf '%s\\0' \"$word\"; done > {tmp_path}/noted\n"
        f"mv {tmp_path}/noted {tmp_path}/arguments\n"
    )
    program.chmod(0o755)
    environ["PATH"] = f"{program.parent}:{environ['PATH']}"
    environ["TERM"] = "xterm"
    return Path(environ["HOME"])


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    return name


@pytest.fixture
def typed(shell: str, environ: dict[str, str], home: Path, tmp_path: Path) -> Iterator[Type]:
    """Type a line into a shell; the arguments that dk then gets. `\\t` is the Tab key."""
    words, setup = SHELLS[shell]
    child = pexpect.spawn(
        shell, words, env=environ, cwd=str(home), encoding="utf-8", timeout=30,
        dimensions=(40, 200),
    )  # fmt: skip
    child.sendline(f"{setup}; echo re''ady")
    child.expect("ready")
    arguments = tmp_path / "arguments"

    def type_line(line: str) -> list[str]:
        arguments.unlink(missing_ok=True)
        child.send(f"{line}\r")
        deadline = time.monotonic() + 30
        while not arguments.exists():
            assert time.monotonic() < deadline, f"{line!r} did not come to an end"
            child.expect([r".+", pexpect.TIMEOUT], timeout=0.1)
        return arguments.read_text().split("\0")[:-1]

    yield type_line
    child.close(force=True)


# On the real engine


@pytest.fixture
def things(engine: sdk.APIClient, busybox: str) -> Iterator[None]:
    """A running and an ended container, an image of a registry with a port, a network, a volume."""
    registry = "localhost:5000/team/app"
    engine.tag(busybox, registry, "v2")
    for name, command in {"web-front": "sleep 600", "old-job": "true"}.items():
        engine.start(engine.create_container(busybox, command, name=name))
    engine.create_network("back-end")
    engine.create_volume("data-store")
    yield
    engine.remove_image(f"{registry}:v2")


@pytest.mark.one_engine
@pytest.mark.engine
@pytest.mark.usefixtures("things")
def test_live_names_are_completed(typed: Type) -> None:
    registry = "localhost:5000/team/app:v2"
    assert typed("dk rm we\t") == ["rm", "web-front"]
    assert typed("dk rm -f we\told\t") == ["rm", "-f", "web-front", "old-job"]
    assert typed("dk run busy\t") == ["run", "busybox"]
    assert typed("dk run localhost:50\tsh") == ["run", registry, "sh"]
    assert typed("dk run local\tsh") == ["run", registry, "sh"]
    assert typed("dk run --network back\tbusybox") == ["run", "--network", "back-end", "busybox"]
    assert typed("dk run --network=back\tbusybox") == ["run", "--network=back-end", "busybox"]
    assert typed("dk run --net container:we\tx") == ["run", "--net", "container:web-front", "x"]
    assert typed("dk run -v dat\t/x img") == ["run", "-v", "data-store:/x", "img"]
    assert typed("dk run -v=dat\t/x img") == ["run", "-v=data-store:/x", "img"]
    assert typed("dk run -itv dat\t/x img") == ["run", "-itv", "data-store:/x", "img"]


# Without an engine


def test_commands_options_and_fixed_choices_are_completed(typed: Type) -> None:
    assert typed("dk ch\t--la\ten") == ["cheat", "--lang", "en"]
    assert typed("dk en\tru\t-- true") == ["engine", "run", "--", "true"]
    assert typed("dk --dry\tps") == ["--dry-run", "ps"]
    assert typed("dk run --inter\timg") == ["run", "--interactive", "img"]
    assert typed("dk run --pull=alw\timg") == ["run", "--pull=always", "img"]
    assert typed("dk run --pull nev\timg") == ["run", "--pull", "never", "img"]
    assert typed("dk cheat vol\t") == ["cheat", "volume"]


def test_files_are_the_shells(typed: Type, home: Path) -> None:
    (home / "settings.env").touch()
    (home / "a folder").mkdir()
    (home / "a folder" / "it's.env").touch()
    assert typed("dk run --env-file sett\timg") == ["run", "--env-file", "settings.env", "img"]
    assert typed("dk run --env-file=sett\timg") == ["run", "--env-file=settings.env", "img"]
    assert typed("dk run -e ./sett\timg") == ["run", "-e", "./settings.env", "img"]
    spaced = ["run", "--env-file", "a folder/it's.env", "img"]
    assert typed("dk run --env-file a\tit\timg") == spaced
    assert typed("dk run -v ./a\t:/x img") == ["run", "-v", "./a folder/:/x", "img"]


def test_what_is_the_containers_is_left_alone(typed: Type, home: Path) -> None:
    (home / "here").touch()
    assert typed("dk run img --pu\tx") == ["run", "img", "--pux"]


def test_without_an_engine_the_line_stays_as_it_is(typed: Type, home: Path) -> None:
    (home / "we-are-a-file").touch()
    assert typed("dk rm we\tx") == ["rm", "wex"]
    assert typed("dk run -v da\tx img") == ["run", "-v", "dax", "img"]
    assert typed("dk --context nope rm we\tx") == ["--context", "nope", "rm", "wex"]


# Engines that are none


class Answers(BaseHTTPRequestHandler):
    """Names that no engine lets anybody give."""

    names: tuple[str, ...] = ()

    def do_GET(self) -> None:
        items = [{"Id": "0" * 64, "Names": [f"/{name}"]} for name in self.names]
        body = json.dumps(items).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "somebody"

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def names(environ: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., None]]:
    path = str(tmp_path / "fake.sock")
    with ThreadingUnixStreamServer(path, Answers) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environ["DOCKER_HOST"] = f"unix://{path}"
        yield lambda *names: setattr(Answers, "names", names)
        server.shutdown()


ODD = [
    "we$(touch ran)", "we`touch ran`", "we;touch ran", "we|touch ran", "we&touch ran",
    "we\\$(touch ran)", "we'$(touch ran)'", 'we"$(touch ran)"', "we>ran", "we<(touch ran)",
    "we b", "we*", "we{a,b}", "we~", "we!x", "we#x", "we[a]", "we\\", "weé", "we:$(touch ran)",
    "we=`touch ran`", "we%s%n", "we\\x41\\n", "we$HOME", "we(touch ran)", "we^x", "we'", 'we"',
]  # fmt: skip


def test_a_name_arrives_as_it_is_and_runs_nothing(
    names: Callable[..., None], typed: Type, home: Path
) -> None:
    for name in ODD:
        names(name)
        assert typed("dk rm w\t") == ["rm", name]
        assert not (home / "ran").exists(), name
    names(*ODD)  # listed, with the line as it was
    typed("dk rm w\t\t\x15dk rm end")
    assert not (home / "ran").exists()


@pytest.mark.parametrize("quote", ["'", '"'])
def test_within_quotes_it_runs_nothing_either(
    quote: str, names: Callable[..., None], typed: Type, shell: str, home: Path
) -> None:
    names("web")
    assert typed(f"dk rm {quote}w\t") == ["rm", "web"]
    name = "we$(touch ran)`touch ran`"
    names(name)
    if shell == "bash":  # which does not quote for us, so that it is not offered
        assert typed(f"dk rm {quote}w\t{quote}") == ["rm", "w"]
    else:
        assert typed(f"dk rm {quote}w\t") == ["rm", name]
    assert not (home / "ran").exists()


def test_a_name_with_control_characters_is_not_offered(
    names: Callable[..., None], typed: Type, home: Path
) -> None:
    names("we\ntouch ran", "we\x1b]0;x\x07", "we\rtouch ran", "we\ttouch ran", "we\u202eb")
    assert typed("dk rm we\tx") == ["rm", "wex"]
    assert not (home / "ran").exists()


def test_a_contexts_name_runs_nothing(typed: Type, home: Path) -> None:
    name = "prod$(touch ran)"
    folder = home / ".docker/contexts/meta" / sha256(name.encode()).hexdigest()
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps({"Name": name, "Endpoints": {}}))
    assert typed("dk --context pr\tps") == ["--context", name, "ps"]
    assert not (home / "ran").exists()


def test_what_stands_on_the_line_is_not_run(typed: Type, home: Path) -> None:
    typed("dk rm $(touch ran) `touch ran` w\t\x15dk rm end")
    assert not (home / "ran").exists()


@pytest.mark.parametrize("shell", ["fish", "zsh"])
def test_an_engine_that_never_answers_is_not_waited_for(
    shell: str, run_dk: RunDk, tmp_path: Path
) -> None:
    path = str(tmp_path / "silent.sock")
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(path)
        silent.listen()
        done = run_dk("__complete", shell, "-H", f"unix://{path}", "rm", "", timeout=15)
    assert (done.code, done.stdout, done.stderr) == (0, b"words\t\n", b"")
