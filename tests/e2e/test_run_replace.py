"""`dk run --replace`: the new container takes the place, or the old one comes back."""

import signal
import subprocess
import sys
import time
import urllib.request
from typing import Any

import docker as sdk
import pytest

from tests.conftest import RunDk
from tests.waiting import free_port, wait_for

pytestmark = pytest.mark.engine

QUICK = ("--stop-signal", "KILL")  # for a sleep hears nothing else


@pytest.fixture
def old(run_dk: RunDk, engine: sdk.APIClient, busybox: str) -> dict[str, Any]:
    """A container `web` that runs and has a volume."""
    line = ("run", "-d", "--name", "web", *QUICK, "-v", "/kept", busybox, "sleep", "600")
    done = run_dk(*line)
    assert done.code == 0, done.err
    found: dict[str, Any] = engine.inspect_container("web")
    return found


def all_names(engine: sdk.APIClient) -> list[str]:
    return sorted(each["Names"][0] for each in engine.containers(all=True))


@pytest.mark.podman
def test_the_new_one_has_the_name_and_the_port_and_the_old_ones_volume_stays(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    port = free_port()
    serve = "mkdir /www; echo {} > /www/index.html; httpd -f -p 80 -h /www"
    for number in (1, 2):
        done = run_dk(
            "run", "-d", "--replace", "--wait-port", "--name", "web", "-p", f"127.0.0.1:{port}:80",
            *QUICK, "-v", "/kept", busybox, "sh", "-c", serve.format(f"page {number}"),
        )  # fmt: skip
        assert (done.code, done.err) == (0, "")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
            assert page.read() == f"page {number}\n".encode()
    assert all_names(engine) == ["/web"]
    assert len(engine.volumes()["Volumes"]) == 2


def test_one_that_can_not_start_leaves_the_old_one_as_it_was(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, old: dict[str, Any]
) -> None:
    done = run_dk("run", "-d", "--replace", "--name", "web", busybox, "no-such-program")
    assert done.code == 127
    assert done.err.startswith("note: web is back as it was\ndk: web does not start\n")
    now = engine.inspect_container("web")
    assert (now["Id"], now["State"]["Running"]) == (old["Id"], True)
    assert all_names(engine) == ["/web"]


@pytest.mark.one_engine
def test_one_that_the_engine_does_not_take_never_stops_the_old_one(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, old: dict[str, Any]
) -> None:
    done = run_dk("run", "-d", "--replace", "--name", "web", "--cpuset-cpus", "9999", busybox)
    assert done.code == 125
    now = engine.inspect_container("web")
    assert (now["Id"], now["State"]) == (old["Id"], old["State"])


@pytest.mark.one_engine
def test_one_that_does_not_come_up_makes_room_again_and_its_last_lines_are_shown(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, old: dict[str, Any]
) -> None:
    script = "echo no database; sleep 60"
    done = run_dk(
        "run", "-d", "--replace", "--name", "web", "--wait-port", "80", "--timeout", "1", busybox,
        "sh", "-c", script,
    )  # fmt: skip
    assert done.code == 124
    assert "    | no database\n" in done.err
    now = engine.inspect_container("web")
    assert (now["Id"], now["State"]["Running"]) == (old["Id"], True)
    assert all_names(engine) == ["/web"]


@pytest.mark.one_engine
def test_a_stopped_one_comes_back_stopped(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, old: dict[str, Any]
) -> None:
    engine.kill("web")
    wait_for(lambda: not engine.inspect_container("web")["State"]["Running"])
    assert run_dk("run", "-d", "--replace", "--name", "web", busybox, "nothing").code == 127
    now = engine.inspect_container("web")
    assert (now["Id"], now["State"]["Running"]) == (old["Id"], False)


@pytest.mark.one_engine
def test_one_that_was_run_with_rm_is_replaced_and_said_to_be_lost(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    line = ("run", "-d", "--rm", "--replace", "--name", "web", *QUICK, busybox, "sleep")
    assert run_dk(*line, "600").code == 0
    done = run_dk(*line, "601")
    assert done.code == 0
    assert "web was run with --rm: once stopped it is gone" in done.err
    assert engine.inspect_container("web")["Args"] == ["601"]
    assert all_names(engine) == ["/web"]


@pytest.mark.one_engine
def test_an_attached_one_takes_the_place_as_soon_as_it_runs(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, old: dict[str, Any]
) -> None:
    done = run_dk("run", "--replace", "--name", "web", busybox, "echo", "hello")
    assert (done.code, done.out) == (0, "hello\n")
    assert all_names(engine) == ["/web"]
    assert engine.inspect_container("web")["Id"] != old["Id"]


@pytest.mark.one_engine
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_at_any_moment_leaves_one_web_that_runs(
    number: signal.Signals, environ: dict[str, str], engine: sdk.APIClient, busybox: str, old: Any
) -> None:
    line = [
        sys.executable, "-m", "dk", "run", "-d", "--replace", "--name", "web",
        "--stop-timeout", "1", busybox, "sleep", "600",
    ]  # fmt: skip
    for tenth in range(2, 12):
        process = subprocess.Popen(
            line, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(tenth / 10)
        process.send_signal(number)
        process.wait(60)
        assert all_names(engine) == ["/web"], tenth
        assert engine.inspect_container("web")["State"]["Running"], tenth


def test_what_is_explained_leaves_the_same(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, old: dict[str, Any], environ: dict[str, str]
) -> None:
    line = ("run", "-d", "--replace", "--name", "web", busybox, "sleep", "601")
    lines = run_dk("--explain", *line).out
    subprocess.run(["sh", "-ec", lines], env=environ, check=True, stdout=subprocess.DEVNULL)
    assert all_names(engine) == ["/web"]
    assert engine.inspect_container("web")["Args"] == ["601"]


def dk_replace(environ: dict[str, str], *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "dk", "run", "-d", "--replace", "--name", "web", *words],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("times", [2, 3])
def test_several_signals_at_once_do_not_cut_the_return_short(
    times: int, environ: dict[str, str], engine: sdk.APIClient, busybox: str, run_dk: RunDk
) -> None:
    stop = ("--stop-timeout", "2")
    assert run_dk("run", "-d", "--name", "web", *stop, busybox, "sleep", "600").code == 0
    old = engine.inspect_container("web")["Id"]
    for wait in (0.6, 0.9, 1.2):
        process = dk_replace(environ, *stop, "--wait-port", "80", busybox, "sleep", "600")
        time.sleep(wait)
        for _ in range(times):
            process.send_signal(signal.SIGINT)
            time.sleep(0.05)
        err = process.communicate(timeout=60)[1]
        assert all_names(engine) == ["/web"], err
        now = engine.inspect_container("web")
        assert (now["Id"], now["State"]["Running"]) == (old, True), err


def test_two_at_once_leave_one(
    environ: dict[str, str], engine: sdk.APIClient, busybox: str, old: dict[str, Any]
) -> None:
    for _ in range(4):
        both = [dk_replace(environ, *QUICK, busybox, "sleep", "600") for _ in range(2)]
        said = [process.communicate(timeout=60)[1] for process in both]
        assert 0 in [process.returncode for process in both], said
        running = [each["Names"][0] for each in engine.containers()]
        assert running == ["/web"], said
        for name in all_names(engine):
            if name != "/web":  # a loser's, which its note names
                assert any(name[1:] in text for text in said), (name, said)
                engine.remove_container(name)


def test_one_that_crashes_again_and_again_is_replaced(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    assert run_dk("run", "-d", "--restart", "always", "--name", "web", busybox, "false").code == 0
    wait_for(lambda: engine.inspect_container("web")["State"]["Restarting"])
    done = run_dk("run", "-d", "--replace", "--name", "web", busybox, "sleep", "600")
    assert (done.code, done.err) == (0, "")
    assert all_names(engine) == ["/web"]
    assert engine.inspect_container("web")["State"]["Running"]


def test_a_paused_one_comes_back_paused(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, old: dict[str, Any]
) -> None:
    engine.pause("web")
    assert run_dk("run", "-d", "--replace", "--name", "web", busybox, "nothing").code == 127
    assert engine.inspect_container("web")["State"]["Status"] == "paused"


def test_what_an_earlier_replace_left_is_named(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, old: dict[str, Any]
) -> None:
    engine.rename("web", "web-replaced-0123456789ab")
    done = run_dk("run", "-d", "--replace", "--name", "web", busybox, "sleep", "600")
    assert done.code == 0
    assert "web-replaced-0123456789ab is left from a --replace that was killed" in done.err


def test_the_new_one_can_not_need_the_old_one(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, old: dict[str, Any]
) -> None:
    for words in (("--volumes-from", "web:ro"), ("--network", "container:web"), ("--link", "web")):
        done = run_dk("run", "-d", "--replace", "--name", "web", *words, busybox)
        assert done.code == 125
        assert f"{words[0]} web: that container is the one to be replaced" in done.err
    assert engine.inspect_container("web")["State"] == old["State"]


def test_one_that_can_not_be_set_aside_runs_on(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str, old: dict[str, Any]
) -> None:
    aside = f"web-replaced-{old['Id'][:12]}"
    engine.create_container(busybox, ["true"], name=aside)
    done = run_dk("run", "-d", "--replace", "--name", "web", busybox, "sleep", "600")
    assert done.code == 125
    now = engine.inspect_container("web")
    assert (now["Id"], now["State"]["Running"]) == (old["Id"], True)
