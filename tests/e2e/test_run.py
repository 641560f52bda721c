"""`dk run` on a real engine, as a user calls it."""

import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import docker as sdk
import jsonschema
import pytest

from dk.engine.context import resolve
from dk.engine.engine import Engine
from dk.operations.network import CreateNetwork
from dk.output.progress import SilentProgress
from dk.output.streams import Streams
from tests.conftest import RunDk, RunDocker
from tests.waiting import free_port, wait_for

pytestmark = pytest.mark.engine

WEB = ("httpd", "-f", "-p", "80", "-h", "/www")


@pytest.fixture
def popen(environ: dict[str, str]) -> Callable[..., subprocess.Popen[bytes]]:
    def start(*argv: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "dk", *argv],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    return start


def names(engine: sdk.APIClient) -> list[str]:
    return [each["Names"][0] for each in engine.containers(all=True)]


# The workflow that dk is first of all for.


@pytest.mark.podman
def test_env_file_port_and_network_serve_a_page(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text('export GREETING="hello from .env"   # said by the page\n')
    port = free_port()
    script = (
        "mkdir -p /www/cgi-bin && printf '#!/bin/sh\\necho; echo \"$GREETING\"\\n'"
        " > /www/cgi-bin/hi && chmod +x /www/cgi-bin/hi && exec httpd -f -p 80 -h /www"
    )
    done = run_dk(
        "run", "-d", "--name", "web", "--env", ".env", "-p", f"127.0.0.1:{port}:80",
        "--net", "front", busybox, "sh", "-c", script, cwd=tmp_path,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert done.err == "made network front\n"
    assert engine.inspect_container("web")["Id"] == done.out.strip()
    assert engine.inspect_network("front")["Labels"] == {"dk.made-by": "run"}
    url = f"http://127.0.0.1:{port}/cgi-bin/hi"

    def page() -> bytes:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                text: bytes = answer.read()
                return text
        except OSError:
            return b""

    wait_for(page)
    assert page() == b"hello from .env\n"


# Output, input and exit codes of an attached run.


@pytest.mark.podman
def test_stdout_and_stderr_stay_apart_and_the_exit_code_is_the_containers(
    run_dk: RunDk, busybox: str
) -> None:
    done = run_dk("run", "--rm", busybox, "sh", "-c", "echo out; echo err >&2; exit 42")
    assert (done.out, done.err, done.code) == ("out\n", "err\n", 42)


@pytest.mark.podman
def test_output_is_binary_clean(run_dk: RunDk, busybox: str) -> None:
    data = random.Random(1).randbytes(5_000_000)
    done = run_dk("run", "--rm", "-i", busybox, "cat", stdin=data)
    assert hashlib.sha256(done.stdout).digest() == hashlib.sha256(data).digest()


@pytest.mark.podman
def test_the_end_of_stdin_reaches_the_container(run_dk: RunDk, busybox: str) -> None:
    assert run_dk("run", "--rm", "-i", busybox, "wc", "-c", stdin=b"12345").out == "5\n"


@pytest.mark.podman
def test_without_i_stdin_is_not_sent(run_dk: RunDk, busybox: str) -> None:
    assert run_dk("run", "--rm", busybox, "wc", "-c", stdin=b"12345").out == "0\n"


def test_output_of_a_container_that_ends_at_once_is_never_lost(run_dk: RunDk, busybox: str) -> None:
    for number in range(10):
        assert run_dk("run", "--rm", busybox, "echo", str(number)).out == f"{number}\n"


def test_everything_behind_the_image_belongs_to_the_container(run_dk: RunDk, busybox: str) -> None:
    done = run_dk("run", "--rm", busybox, "echo", "--json", "-p", "--", "--rm=x", "-q")
    assert done.out == "--json -p -- --rm=x -q\n"


@pytest.mark.podman
@pytest.mark.parametrize(
    ("command", "code"), [("/nope", 127), ("nope", 127), ("/etc/passwd", 126), ("/tmp", 126)]
)
def test_a_command_that_can_not_start_gives_dockers_code_and_leaves_nothing(
    run_dk: RunDk,
    docker: RunDocker,
    engine: sdk.APIClient,
    busybox: str,
    podman: bool,
    command: str,
    code: int,
) -> None:
    before = names(engine)
    done = run_dk("run", "--net", "brand-new", busybox, command)
    assert done.code == code
    assert f"dk: {busybox} does not start" in done.err
    assert names(engine) == before
    assert not engine.networks(names=["brand-new"])
    # Podman refuses to attach then; docker's command ends with 1, and leaves its container.
    by_docker = docker("run", "--rm", busybox, command, check=False).code
    assert by_docker == (1 if podman else code)


# Bad wishes: one clear error, nothing made.


@pytest.mark.podman
def test_a_taken_port_is_named_with_its_container_before_anything_is_made(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    port = free_port()
    run_dk("run", "-d", "--name", "first", "-p", f"{port}:80", busybox, "sleep", "60")
    done = run_dk("run", "-d", "--net", "new", "-p", f"{port}:80", busybox, "sleep", "60")
    assert done.code == 125
    lines = done.err.splitlines()
    assert lines[:2] == [
        f"dk: host port {port} is taken",
        f"    by container first ({port}->80)",
    ]
    assert lines[2].startswith("    the next free one: -p ")
    assert names(engine) == ["/first"]
    assert not engine.networks(names=["new"])


def test_a_taken_port_is_named_with_its_process(run_dk: RunDk, busybox: str) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        port = sock.getsockname()[1]
        done = run_dk("run", "-d", "-p", f"{port}:80", busybox, "sleep", "60")
    assert done.code == 125
    assert f"(process {os.getpid()})" in done.err


@pytest.mark.one_engine
def test_the_port_that_dk_offers_is_really_free(run_dk: RunDk, busybox: str) -> None:
    port = free_port()
    run_dk("run", "-d", "-p", f"{port}:80", busybox, "sleep", "60")
    offer = run_dk("run", "-d", "-p", f"{port}:80", busybox, "sleep", "60").err.split()[-1]
    assert run_dk("run", "-d", "-p", offer, busybox, "sleep", "60").code == 0


@pytest.mark.podman
def test_a_name_in_use_is_said_and_the_other_container_stays(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    first = run_dk("run", "-d", "--name", "web", busybox, "sleep", "60").out.strip()
    done = run_dk("run", "-d", "--name", "web", busybox, "true")
    assert done.code == 125
    assert "dk: the name web is in use" in done.err
    assert engine.inspect_container("web")["Id"] == first


@pytest.mark.podman
def test_a_missing_image_offers_the_nearest_local_name(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    done = run_dk("run", "--pull", "never", "busybxo")
    assert done.code == 125
    assert "did you mean busybox" in done.err
    done = run_dk("run", "--net", "new", "busybxo")
    assert done.code == 125
    assert "image busybxo can't be pulled" in done.err
    assert "did you mean busybox" in done.err
    assert not engine.networks(names=["new"])


def test_a_slip_of_a_network_makes_none(run_dk: RunDk, engine: sdk.APIClient, busybox: str) -> None:
    engine.create_network("backend")
    done = run_dk("run", "--net", "backedn", busybox, "true")
    assert done.code == 125
    assert "no network backedn; there is backend" in done.err
    assert not engine.networks(names=["backedn"])


@pytest.mark.one_engine
def test_an_env_file_with_errors_names_file_and_line(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, tmp_path: Path
) -> None:
    (tmp_path / "bad.env").write_text("A=1\nB C=2\n")
    done = run_dk("run", "--env-file", "bad.env", busybox, "env", cwd=tmp_path)
    assert done.code == 125
    assert "bad.env:2:" in done.err
    assert names(engine) == []


# Signals.


@pytest.mark.podman
def test_sigterm_reaches_the_container_whose_exit_code_dk_ends_with(
    popen: Callable[..., subprocess.Popen[bytes]], busybox: str
) -> None:
    script = "trap 'echo got it; exit 9' TERM; echo ready; while :; do sleep 0.1; done"
    with popen("run", "--rm", busybox, "sh", "-c", script) as dk:
        assert dk.stdout is not None
        assert dk.stdout.readline() == b"ready\n"
        dk.send_signal(signal.SIGTERM)
        out, err = dk.communicate(timeout=20)
    assert (out, err, dk.returncode) == (b"got it\n", b"", 9)


@pytest.mark.one_engine
def test_the_third_ctrl_c_leaves_a_deaf_container_running_and_says_so(
    popen: Callable[..., subprocess.Popen[bytes]], engine: sdk.APIClient, busybox: str
) -> None:
    with popen("run", "--name", "deaf", busybox, "sh", "-c", "echo ready; sleep 60") as dk:
        assert dk.stdout is not None
        assert dk.stdout.readline() == b"ready\n"
        for _ in range(3):
            dk.send_signal(signal.SIGINT)
            time.sleep(0.3)
        _, err = dk.communicate(timeout=20)
    assert dk.returncode == 130
    assert b"left deaf running" in err
    assert engine.inspect_container("deaf")["State"]["Running"]


@pytest.mark.one_engine
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_at_any_moment_leaves_nothing_half_made(
    popen: Callable[..., subprocess.Popen[bytes]],
    engine: sdk.APIClient,
    busybox: str,
    number: signal.Signals,
) -> None:
    for step in range(12):
        with popen("run", "-d", "--net", "half-made", busybox, "sleep", "60") as dk:
            time.sleep(0.18 + step * 0.03)
            dk.send_signal(number)
            _, err = dk.communicate(timeout=20)
        assert b"Traceback" not in err
        networks = engine.networks(names=["half-made"])
        left = engine.containers(all=True)
        # Either the container runs, for the signal came behind its start, or nothing is left.
        assert all(each["State"] == "running" for each in left)
        assert bool(networks) == bool(left)
        for each in engine.containers(all=True):
            engine.remove_container(each["Id"], force=True)
        for each in networks:
            engine.remove_network(each["Id"])


@pytest.mark.podman
def test_a_network_that_somebody_else_made_meanwhile_is_used_and_never_taken_back(
    engine: sdk.APIClient, environ: dict[str, str]
) -> None:
    ours = Engine(resolve(host=None, context=None, environ=environ), environ, Streams.standard())
    try:
        engine.create_network("front")
        done = ours.apply(CreateNetwork(name="front"), SilentProgress())
    finally:
        ours.close()
    assert done.skipped
    assert len(engine.networks(names=["front"])) == 1


@pytest.mark.one_engine
def test_a_removed_working_folder_and_nohup_are_no_problem(
    environ: dict[str, str], busybox: str, tmp_path: Path
) -> None:
    (tmp_path / "gone").mkdir()
    dk = f"{sys.executable} -m dk run --rm {busybox}"
    for line in (
        f"cd {tmp_path}/gone && rmdir ../gone && {dk} echo done",
        f"trap '' HUP; {dk} sh -c 'sleep 2; echo done' & sleep 1; kill -HUP $!; wait $!",
    ):
        done = subprocess.run(["sh", "-c", line], env=environ, capture_output=True, text=True)
        assert (done.stdout, done.stderr, done.returncode) == ("done\n", "", 0)


@pytest.mark.one_engine
def test_a_fifo_is_waited_for_as_an_env_file(run_dk: RunDk, busybox: str, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Timer(1, lambda: fifo.write_text("FROM=fifo\n"))
    writer.start()
    done = run_dk("run", "--rm", "--env-file", fifo, busybox, "env")
    writer.join()
    assert "FROM=fifo" in done.out


@pytest.mark.one_engine
def test_help_into_a_closed_pipe_is_silent(environ: dict[str, str]) -> None:
    for command in ("--help", "run --help", "cheat"):
        line = f"{sys.executable} -m dk {command} | true"
        done = subprocess.run(["sh", "-c", line], env=environ, capture_output=True, text=True)
        assert done.stderr == ""


@pytest.mark.one_engine
def test_a_reader_that_goes_away_is_silent(
    popen: Callable[..., subprocess.Popen[bytes]], busybox: str
) -> None:
    with popen("run", "--rm", busybox, "yes") as dk:
        assert dk.stdout is not None
        assert dk.stderr is not None
        assert dk.stdout.readline() == b"y\n"
        dk.stdout.close()
        assert dk.wait(timeout=20) == 141
        assert dk.stderr.read() == b""


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("redirect", "code", "said"),
    [
        (">&-", 0, ""),
        ("<&-", 0, ""),
        (">/dev/full", 125, "dk: can't write to stdout or stderr\n    no space left on device\n"),
    ],
)
def test_streams_that_are_closed_or_full_are_no_mistake_of_dk(
    environ: dict[str, str], busybox: str, redirect: str, code: int, said: str
) -> None:
    line = f"{sys.executable} -m dk run --rm -i {busybox} echo hi {redirect}"
    done = subprocess.run(["sh", "-c", line], env=environ, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith(said)
    assert "mistake" not in done.stderr


@pytest.mark.one_engine
@pytest.mark.parametrize(("redirect", "code"), [(">&-", 0), ("2>&-", 0), (">/dev/full", 1)])
def test_a_list_that_can_not_be_written_is_no_mistake_of_dk(
    environ: dict[str, str], busybox: str, redirect: str, code: int
) -> None:
    line = f"{sys.executable} -m dk ps {redirect}"
    done = subprocess.run(["sh", "-c", line], env=environ, capture_output=True, text=True)
    assert done.returncode == code
    assert "mistake" not in done.stderr
    assert "Traceback" not in done.stderr


# What dk prints.


@pytest.mark.podman
def test_detached_prints_the_id_in_a_pipe_and_json_has_the_rest(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, schema: dict[str, object]
) -> None:
    done = run_dk("run", "-d", "-p", "80", "--json", busybox, "sleep", "60")
    document = done.json
    jsonschema.validate(document, schema)
    details = document["operations"][-1]["outcome"]["details"]
    inspected = engine.inspect_container(details["id"])
    assert inspected["Name"] == f"/{details['name']}"
    assert {port["host_port"] for port in details["ports"]} == {
        int(binding["HostPort"]) for binding in inspected["NetworkSettings"]["Ports"]["80/tcp"]
    }


@pytest.mark.podman
def test_json_of_an_attached_run_keeps_stdout_for_the_document(
    run_dk: RunDk, busybox: str, schema: dict[str, object]
) -> None:
    done = run_dk("run", "--rm", "--json", busybox, "sh", "-c", "echo out; exit 3")
    jsonschema.validate(done.json, schema)
    assert done.code == done.json["exit_code"] == 3
    assert done.err == "out\n"


def test_dry_run_shows_the_plan_and_makes_nothing(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    done = run_dk("run", "--dry-run", "--net", "new", "--name", "web", busybox)
    assert done.code == 0
    assert done.out.splitlines() == [
        "engine unix:///run/dk-engine/docker.sock (context default)",
        "create network new: not there yet",
        "run container web: of busybox",
    ]
    assert names(engine) == []
    assert not engine.networks(names=["new"])


@pytest.mark.one_engine
def test_a_secret_shows_in_no_output_of_dk(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("TOKEN=hunter2\n")
    flags = ("-e", "./.env", "-e", "OTHER=hunter2", "-p", "99999999:1")
    for extra in (["--dry-run"], ["--explain"], ["--json", "--dry-run"], ["--json"], []):
        for chosen in (flags, flags[:4]):
            done = run_dk("run", "-d", *extra, *chosen, busybox, "sleep", "60", cwd=tmp_path)
            assert "hunter2" not in done.out + done.err
    env = engine.inspect_container(engine.containers()[0]["Id"])["Config"]["Env"]
    assert {"TOKEN=hunter2", "OTHER=hunter2"} <= set(env)


@pytest.mark.one_engine
def test_no_value_stands_in_the_arguments_of_a_process(
    run_dk: RunDk, busybox: str, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("TOKEN=hunter2\n")
    seen: list[bytes] = []
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            for process in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.append(process.read_bytes())
                except OSError:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    run_dk("run", "--rm", "-e", "./.env", busybox, "sleep", "0.3", cwd=tmp_path)
    over.set()
    watcher.join()
    assert any(b"sleep\x000.3" in line for line in seen)
    assert not [line for line in seen if b"hunter2" in line]


# Much of it, in both directions.

MUCH = 100_000_000


@pytest.mark.one_engine
def test_100_mb_go_in(environ: dict[str, str], busybox: str) -> None:
    line = f"head -c {MUCH} /dev/zero | {sys.executable} -m dk run --rm -i {busybox} wc -c"
    done = subprocess.run(["sh", "-c", line], env=environ, capture_output=True, timeout=60)
    assert (done.stdout, done.stderr) == (f"{MUCH}\n".encode(), b"")


@pytest.mark.one_engine
def test_100_mb_come_out(environ: dict[str, str], busybox: str) -> None:
    line = f"{sys.executable} -m dk run --rm {busybox} head -c {MUCH} /dev/zero | wc -c"
    done = subprocess.run(["sh", "-c", line], env=environ, capture_output=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == (f"{MUCH}".encode(), b"")
