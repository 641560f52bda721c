"""`dk run --wait`, `--wait-port`, `--timeout`."""

import signal
import subprocess
import sys
import time

import docker as sdk
import pytest

from tests.conftest import RunDk
from tests.waiting import free_port, wait_for

pytestmark = pytest.mark.engine


def test_healthy_is_waited_for(run_dk: RunDk, engine: sdk.APIClient, busybox: str) -> None:
    script = "sleep 1; touch /ok; sleep 600"
    check = ("--health-interval", "200ms", "--health-retries", "50", "--health-cmd", "test -f /ok")
    done = run_dk(
        "run", "-d", "--name", "web", "--wait", "healthy", *check, busybox, "sh", "-c", script
    )
    assert (done.code, done.err) == (0, "")
    assert engine.inspect_container("web")["State"]["Health"]["Status"] == "healthy"


def test_unhealthy_is_said_with_the_checks_own_words_and_the_log(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    check = (
        "--health-interval",
        "100ms",
        "--health-retries",
        "2",
        "--health-cmd",
        "echo bad; false",
    )
    done = run_dk(
        "run", "-d", "--name", "web", "--wait", "healthy", *check, busybox, "sh", "-c",
        "echo starting; sleep 600",
    )  # fmt: skip
    assert done.code == 125
    assert done.err == (
        "dk: web is unhealthy\n"
        "    its check says: bad\n"
        "    | starting\n"
        "    docker logs web for all of it\n"
    )
    assert engine.inspect_container("web")["State"]["Running"]


@pytest.mark.one_engine
def test_without_a_check_nothing_is_started(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    done = run_dk("run", "-d", "--wait", "healthy", busybox, "sleep", "600")
    assert done.code == 125
    assert "health check" in done.err
    assert engine.containers(all=True) == []


@pytest.mark.one_engine
def test_one_that_ends_is_not_running(run_dk: RunDk, busybox: str) -> None:
    script = "echo dying; sleep 0.3; exit 3"
    done = run_dk("run", "-d", "--name", "web", "--wait", "running", busybox, "sh", "-c", script)
    assert done.code == 125
    assert done.err == (
        "dk: web ended before it was running\n"
        "    its exit code is 3\n"
        "    | dying\n"
        "    docker logs web for all of it\n"
    )
    removed = run_dk("run", "-d", "--rm", "--wait", "running", busybox, "false")
    assert removed.code == 125
    assert "ended before it was running" in removed.err


@pytest.mark.parametrize("more", [(), ("--rm",)])
def test_the_exit_code_is_waited_for(more: tuple[str, ...], run_dk: RunDk, busybox: str) -> None:
    done = run_dk("run", "-d", *more, "--wait", "exit", busybox, "sh", "-c", "sleep 0.5; exit 7")
    assert done.code == 7
    assert len(done.out.strip()) == 64
    assert done.err == ""


@pytest.mark.one_engine
def test_an_exit_that_does_not_come_in_time_is_124(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    done = run_dk(
        "run", "-d", "--name", "job", "--wait", "exit", "--timeout", "1s", busybox, "sleep", "600"
    )
    assert done.code == 124
    assert done.err.startswith("dk: job was not over in 1 s\n")
    assert engine.inspect_container("job")["State"]["Running"]


@pytest.mark.one_engine
@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_port_answers_only_when_somebody_listens_behind_dockers_proxy(
    address: str, run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    port = f"{address}:{free_port()}:80"
    deaf = run_dk(
        "run", "-d", "--name", "deaf", "-p", port, "--wait-port", "--timeout", "1", busybox,
        "sleep", "600",
    )  # fmt: skip
    assert deaf.code == 124
    assert "dk: deaf was not answering in 1 s" in deaf.err
    engine.remove_container("deaf", force=True)
    serve = ("sh", "-c", "sleep 1; httpd -f -p 80")
    done = run_dk("run", "-d", "-p", port, "--wait-port=80", "--timeout", "20", busybox, *serve)
    assert done.code == 0, done.err
    answered = engine.containers()[0]["Id"]
    found = engine.exec_start(engine.exec_create(answered, ["pidof", "httpd"])["Id"])
    assert found.strip()


@pytest.mark.one_engine
def test_a_port_that_is_not_published_is_tried_at_the_containers_own_address(
    run_dk: RunDk, busybox: str
) -> None:
    serve = ("sh", "-c", "sleep 0.5; httpd -f -p 80")
    assert run_dk("run", "-d", "--wait-port", "80", busybox, *serve).code == 0


@pytest.mark.one_engine
def test_a_port_that_can_not_be_reached_is_said(run_dk: RunDk, busybox: str) -> None:
    done = run_dk("run", "-d", "--wait-port", busybox, "sleep", "600")
    assert done.code == 125
    assert "--wait-port: no TCP port is open on the host" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("--wait-port",),
        ("-p", "53:53/udp", "--wait-port"),
        ("--network", "host", "--wait-port"),
        ("--network", "none", "--wait-port", "80"),
    ],
    ids=" ".join,
)
def test_a_port_that_can_never_answer_is_said_before_anything_starts(
    words: tuple[str, ...], run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    done = run_dk("run", "-d", *words, busybox, "sleep", "600")
    assert done.code == 125
    assert "dk can't reach it from here" in done.err
    assert engine.containers(all=True) == []


def test_a_container_that_keeps_restarting_is_not_waited_for(run_dk: RunDk, busybox: str) -> None:
    done = run_dk(
        "run", "-d", "--name", "web", "--restart", "always", "--wait", "running", busybox, "sh",
        "-c", "echo no luck; exit 4",
    )  # fmt: skip
    assert done.code == 125
    assert "dk: web keeps restarting" in done.err
    assert "    | no luck\n" in done.err


def test_an_interrupt_says_what_runs_on(
    environ: dict[str, str], engine: sdk.APIClient, busybox: str
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "dk", "run", "-d", "--name", "web", "--wait-port", "80", busybox,
         "sleep", "600"],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    wait_for(engine.containers)
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=20)[1] == (
        "dk: interrupted: web is left running\n    dk rm -f web\n"
    )
    assert process.returncode == 143
