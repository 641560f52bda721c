"""Options of `dk run` that act on this side: files, folders, streams, signals, proxies."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import docker as sdk
import pytest

from tests.conftest import RunDk, RunDocker

pytestmark = pytest.mark.engine


@pytest.mark.one_engine
def test_the_cidfile_holds_the_id_and_is_never_written_over(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, tmp_path: Path
) -> None:
    line = ("run", "-d", "--cidfile", "id", busybox, "sleep", "600")
    done = run_dk(*line, cwd=tmp_path)
    assert (tmp_path / "id").read_text() == done.out.strip()
    again = run_dk(*line, cwd=tmp_path)
    assert again.code == 125
    assert "--cidfile id: the file is there already" in again.err
    assert len(engine.containers(all=True)) == 1


@pytest.mark.one_engine
def test_a_container_that_does_not_start_leaves_no_cidfile(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, tmp_path: Path
) -> None:
    done = run_dk("run", "--cidfile", tmp_path / "id", busybox, "no-such-program")
    assert done.code == 127
    assert not (tmp_path / "id").exists()
    unwritable = run_dk("run", "--cidfile", tmp_path / "no/id", busybox, "true")
    assert unwritable.code == 125
    assert "can't write" in unwritable.err
    assert engine.containers(all=True) == []


@pytest.mark.one_engine
def test_mkdir_makes_the_folder_as_the_user_and_takes_it_back_on_failure(
    run_dk: RunDk, busybox: str, tmp_path: Path
) -> None:
    where = ("-v", "./deep/data:/data", busybox)
    said = run_dk("run", "--dry-run", *where, "true", cwd=tmp_path)
    assert f"not there: {tmp_path}/deep/data; docker makes an empty folder as root" in said.err
    failed = run_dk("run", "--mkdir", *where, "no-such-program", cwd=tmp_path)
    assert failed.code == 127
    assert not (tmp_path / "deep").exists()
    done = run_dk("run", "--rm", "--mkdir", *where, "touch", "/data/x", cwd=tmp_path)
    assert (done.code, done.err) == (0, f"made folder {tmp_path}/deep/data\n")
    assert (tmp_path / "deep/data/x").exists()
    assert (tmp_path / "deep/data").stat().st_uid == os.geteuid()


@pytest.mark.one_engine
def test_local_opens_the_port_on_this_machine_alone(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    wide = run_dk("run", "--dry-run", "-p", "80", busybox)
    assert "--local opens for 127.0.0.1 only" in wide.err
    done = run_dk("run", "-d", "--name", "web", "--local", "-p", "80", busybox, "sleep", "600")
    assert (done.code, done.err) == (0, "")
    (binding,) = engine.inspect_container("web")["NetworkSettings"]["Ports"]["80/tcp"]
    assert binding["HostIp"] == "127.0.0.1"


STREAMS = {
    (): ("out\n", "err\n"),
    ("-a", "stdout"): ("out\n", ""),
    ("-a", "STDERR"): ("", "err\n"),
    ("-a", "stdout", "-a", "stderr"): ("out\n", "err\n"),
}


@pytest.mark.podman
@pytest.mark.parametrize("flags", STREAMS, ids=" ".join)
def test_only_the_streams_that_were_asked_for_are_shown(
    flags: tuple[str, ...], run_dk: RunDk, busybox: str
) -> None:
    script = "sleep 0.1; echo out; echo err >&2; exit 3"
    done = run_dk("run", "--rm", *flags, busybox, "sh", "-c", script)
    assert (done.out, done.err) == STREAMS[flags]
    assert done.code == 3


@pytest.mark.one_engine
def test_with_stdin_alone_all_of_it_is_sent_and_the_end_is_the_containers(
    run_dk: RunDk, busybox: str
) -> None:
    script = 'test "$(wc -c)" = 3000000 && exit 6'
    line = ("run", "--rm", "-i", "-a", "stdin", busybox, "sh", "-c", script)
    done = run_dk(*line, stdin=bytes(3_000_000))
    assert (done.code, done.out, done.err) == (6, "", "")


def test_with_stdin_alone_the_containers_end_is_seen_while_stdin_is_open(
    environ: dict[str, str], busybox: str
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "dk", "run", "--rm", "-i", "-a", "stdin", busybox, "sh", "-c",
         "sleep 0.5; exit 6"],
        env=environ,
        stdin=subprocess.PIPE,
    )  # fmt: skip
    assert process.wait(30) == 6
    assert process.stdin is not None
    process.stdin.close()


@pytest.mark.parametrize("text", ['{"detachKeys": 5}', '{"detachKeys": "bogus"}'])
def test_a_mistake_in_config_json_is_named_with_its_file(
    text: str, run_dk: RunDk, busybox: str, environ: dict[str, str]
) -> None:
    config = Path(environ["HOME"]) / ".docker"
    config.mkdir()
    (config / "config.json").write_text(text)
    done = run_dk("run", "--rm", busybox, "true")
    assert done.code == 125
    assert done.err.startswith(f"dk: docker's file has a mistake: {config}/config.json\n")
    assert "detachKeys" in done.err


def test_folders_that_were_made_before_one_that_can_not_be_are_taken_back(
    run_dk: RunDk, busybox: str, tmp_path: Path
) -> None:
    name = "x" * 300
    done = run_dk("run", "--mkdir", "-v", f"./new/{name}:/d", busybox, "true", cwd=tmp_path)
    assert done.code == 125
    assert list(tmp_path.glob("new")) == []


def test_without_the_signal_proxy_dk_ends_alone(
    environ: dict[str, str], engine: sdk.APIClient, busybox: str
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "dk", "run", "--sig-proxy=false", "--name", "kept", busybox, "sh",
         "-c", "trap 'exit 9' INT; echo up; while :; do sleep 0.1; done"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    process.communicate()
    assert engine.inspect_container("kept")["State"]["Running"]


def env_of(engine: sdk.APIClient, name: str) -> list[str]:
    values = engine.inspect_container(name)["Config"]["Env"]
    return sorted(value for value in values if "proxy" in value.lower())


@pytest.mark.one_engine
def test_the_proxies_of_config_json_are_given_as_docker_gives_them(
    run_dk: RunDk,
    docker: RunDocker,
    engine: sdk.APIClient,
    busybox: str,
    environ: dict[str, str],
) -> None:
    proxies: Any = {
        "default": {"httpProxy": "http://proxy.example:3128", "noProxy": "localhost"},
        "tcp://other": {"httpProxy": "http://not.this"},
    }
    config = Path(environ["HOME"]) / ".docker"
    config.mkdir()
    (config / "config.json").write_text(json.dumps({"proxies": proxies}))
    words = ("-d", "-e", "NO_PROXY=own", busybox, "sleep", "600")
    docker("run", "--name", "by-docker", *words)
    assert run_dk("run", "--name", "by-dk", *words).code == 0
    assert env_of(engine, "by-dk") == env_of(engine, "by-docker")
    assert "NO_PROXY=own" in env_of(engine, "by-dk")
    assert "proxy" not in run_dk("run", "--explain", "--with-secrets", *words).out


def test_another_platform_is_not_the_image_that_is_here(run_dk: RunDk, busybox: str) -> None:
    done = run_dk("run", "--pull", "never", "--platform", "linux/s390x", busybox, "true")
    assert done.code == 125
    assert f"no image {busybox} for linux/s390x here" in done.err
    by_environment = run_dk(
        "run", "--pull", "never", busybox, "true", env={"DOCKER_DEFAULT_PLATFORM": "linux/s390x"}
    )
    assert by_environment.err == done.err


@pytest.mark.podman
def test_a_container_is_in_each_of_its_networks_before_it_starts(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    done = run_dk(
        "run", "--name", "web", "--network", "front", "--network", "name=back,alias=db", busybox,
        "ls", "/sys/class/net",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert done.out.split() == ["eth0", "eth1", "lo"]
    networks = engine.inspect_container("web")["NetworkSettings"]["Networks"]
    assert set(networks) == {"front", "back"}
    assert "db" in networks["back"]["Aliases"]


def test_quiet_leaves_out_advice_and_no_notice(run_dk: RunDk, busybox: str) -> None:
    line = ("run", "--dry-run", "-p", "80", "-v", "./absent:/x", busybox)
    loud, quiet = run_dk(*line), run_dk("-q", *line)
    assert "--local opens for 127.0.0.1 only" in loud.err
    assert "--local" not in quiet.err
    assert "not there: " in quiet.err


def test_an_address_outside_the_network_is_one_error_that_names_it(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, docker: RunDocker
) -> None:
    docker("network", "create", "--subnet", "10.77.0.0/24", "small")
    done = run_dk("run", "-d", "--network", "small", "--ip", "10.78.0.5", busybox, "sleep", "60")
    assert done.code == 125
    assert done.err.startswith("dk: ")
    assert "10.78.0.5" in done.err
    assert engine.containers(all=True) == []


def test_hints_name_the_engine_that_was_chosen(
    run_dk: RunDk, busybox: str, environ: dict[str, str]
) -> None:
    host = environ["DOCKER_HOST"]
    line = ("-H", host, "run", "-d", "--name", "job", "--wait", "exit", "--timeout", "1", busybox)
    done = run_dk(*line, "sh", "-c", "echo hi; sleep 60")
    assert done.code == 124
    assert f"    docker -H {host} logs job for all of it\n" in done.err


@pytest.mark.parametrize("rules", ["docker", "compose", "dotenv"])
def test_an_env_file_of_10_mb_is_read(
    rules: str, run_dk: RunDk, busybox: str, tmp_path: Path
) -> None:
    text = "".join(f"KEY_{number}={'x' * 1000}\n" for number in range(10_000))
    (tmp_path / "large.env").write_text(text)
    line = ("run", "--explain", "--env-format", rules, "--env-file", "large.env", busybox)
    done = run_dk(*line, cwd=tmp_path)
    assert done.code == 0, done.err
    (tmp_path / "large.env").write_text(f"{text}A B=1\n")
    broken = run_dk(*line, cwd=tmp_path)
    assert broken.code == 125
    assert "10001" in broken.err
