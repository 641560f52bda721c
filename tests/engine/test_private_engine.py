"""`dk engine run`: an engine beside one command, and nothing of it afterwards."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import dk
from dk.engine.private import run_beside_private_engine
from dk.errors import DkError

engine = pytest.mark.engine
one_engine = pytest.mark.one_engine

DRIVER = """
import os, sys
from dk.engine.private import run_beside_private_engine
from dk.errors import DkError
try:
    sys.exit(run_beside_private_engine(sys.argv[1:], dockerd=None, environ=os.environ))
except DkError as error:
    sys.exit(f"{error} ({error.exit_code})")
"""

# Talks to the engine as the Docker SDK would, without it. With an argument: starts a web server.
CLIENT = """
import http.client, io, json, os, shutil, socket, sys, tarfile, time, urllib.request
from pathlib import Path

def call(method, path, body=None, json_body=None):
    connection = http.client.HTTPConnection("engine")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(os.environ["DOCKER_HOST"].removeprefix("unix://"))
    body = json.dumps(json_body) if json_body else body
    connection.request(method, path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read()
    assert response.status < 300, text
    connection.close()
    return json.loads(text) if text[:1] in (b"{", b"[") else None

info = call("GET", "/info")
found = {"driver": info["Driver"], "containers": info["Containers"]}
found["cgroup"] = Path("/run/dk-engine/cgroup").read_text()
if sys.argv[1:]:
    image = io.BytesIO()
    with tarfile.open(fileobj=image, mode="w") as tar:
        tar.add(shutil.which("busybox"), "bin/busybox")
        page = tarfile.TarInfo("index.html")
        page.size = 5
        tar.addfile(page, io.BytesIO(b"hello"))
    call("POST", "/images/create?fromSrc=-&repo=web", body=image.getvalue())
    config = {"Image": "web", "Cmd": ["/bin/busybox", "httpd", "-f", "-p", "80"],
        "ExposedPorts": {"80/tcp": {}},
        "HostConfig": {"PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}]}}}
    made = call("POST", "/containers/create", json_body=config)
    call("POST", "/containers/%s/start" % made["Id"])
    for _ in range(100):
        try:
            with urllib.request.urlopen("http://127.0.0.1:8080/index.html") as page:
                found["page"] = page.read().decode()
            break
        except OSError:
            time.sleep(0.05)
print(json.dumps(found), flush=True)
sys.stdin.read()
"""


def start(*command: str, **environ: str) -> subprocess.Popen[str]:
    source = str(Path(dk.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": source, **environ},
        process_group=0,
    )


def run(*command: str, **environ: str) -> tuple[int, str, str]:
    with start(*command, **environ) as process:
        out, err = process.communicate("")
    return process.returncode, out, err


def start_client(*arguments: str) -> subprocess.Popen[str]:
    return start(sys.executable, "-c", CLIENT, *arguments)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def descendants(root: int) -> set[tuple[int, str]]:
    """Every process below `root`, as pid and start time."""
    parents, started = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        pid = int(stat.parent.name)
        parents[pid], started[pid] = int(fields[1]), fields[19]
    below = {root}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return {(pid, started[pid]) for pid in below}


def alive(processes: set[tuple[int, str]]) -> set[tuple[int, str]]:
    found = set()
    for pid, started in processes:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[19] == started and fields[0] != "Z":
            found.add((pid, started))
    return found


def traces() -> dict[str, object]:
    """What the machine shows of engines, apart from processes."""
    return {
        "mounts": sorted(
            line.split(maxsplit=2)[2]
            for line in Path("/proc/self/mountinfo").read_text().splitlines()
        ),
        "interfaces": sorted(Path("/sys/class/net").iterdir()),
        "run": sorted(Path("/run").iterdir()),
        "etc": sorted(str(path) for path in Path("/etc/docker").glob("*")),
        "opt": Path("/opt/containerd").exists(),
    }


def cgroup_folders(name: str) -> list[str]:
    mounted = Path("/sys/fs/cgroup")
    return [
        f"{hierarchy}{name}"
        for hierarchy in (mounted, *mounted.iterdir())
        if Path(f"{hierarchy}{name}").exists()
    ]


def until_gone(processes: set[tuple[int, str]], cgroup: str) -> None:
    """Wait for the keeper's last steps; pytest's time limit ends a wait in vain."""
    while alive(processes) or cgroup_folders(cgroup):
        time.sleep(0.02)


@one_engine
@engine
@pytest.mark.parametrize(
    ("script", "code"),
    [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137), ("kill -TERM $$", 143)],
)
def test_the_exit_code_is_the_commands(script: str, code: int) -> None:
    assert run("sh", "-c", script)[0] == code


@one_engine
@engine
@pytest.mark.parametrize(("command", "code"), [("no-such-command", 127), ("/etc/passwd", 126)])
def test_a_command_that_cannot_run_is_an_error_before_an_engine_starts(
    command: str, code: int
) -> None:
    with pytest.raises(DkError) as caught:
        run_beside_private_engine([command], dockerd=None, environ=os.environ)
    assert caught.value.exit_code == code
    assert command in caught.value.what


@one_engine
@engine
def test_the_command_keeps_its_streams_folder_and_arguments(tmp_path: Path) -> None:
    script = 'cat; pwd; echo "$0 $1" >&2'
    with start("env", "-C", str(tmp_path), "sh", "-c", script, "a b", "c") as process:
        out, err = process.communicate("from stdin\n")
    assert (out, err) == (f"from stdin\n{tmp_path}\n", "a b c\n")


@one_engine
@engine
def test_only_the_private_engine_is_in_the_commands_environment() -> None:
    other = {"DOCKER_CONTEXT": "x", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/x"}
    _, out, _ = run("env", **other, DOCKER_HOST="tcp://192.0.2.1:2375", OTHER="kept")
    lines = out.splitlines()
    assert "OTHER=kept" in lines
    assert [line for line in lines if line.startswith("DOCKER_") and line[7:10] != "CON"] == [
        "DOCKER_HOST=unix:///run/dk-engine/docker.sock"
    ]


@one_engine
@engine
def test_other_engines_sockets_are_out_of_sight() -> None:
    _, out, _ = run("ls", "-A", "/run")
    engines = {"containerd", "docker", "docker.pid", "docker.sock", "nri", "xtables.lock"}
    assert not {"docker.sock", "docker.pid"} & set(out.split())
    assert {path.name for path in Path("/run").iterdir()} - engines <= set(out.split())


@engine
def test_a_published_port_is_reachable_inside_and_nothing_is_left_after_the_end() -> None:
    before = traces()
    with start_client("web") as process:
        found = json.loads(first_line(process))
        assert found["page"] == "hello"
        assert found["driver"] == "overlay2"
        with socket.socket() as outside:
            assert outside.connect_ex(("127.0.0.1", 8080)) != 0
        processes = descendants(process.pid)
        assert len(processes) > 6  # dk, keeper, init, both daemons, shim, web server, client
        assert cgroup_folders(found["cgroup"])
        _, err = process.communicate("")
    assert (process.returncode, err) == (0, "")
    assert alive(processes) == set()
    assert cgroup_folders(found["cgroup"]) == []
    assert traces() == before


@engine
@pytest.mark.parametrize("group", [False, True], ids=["dk", "its-process-group"])
def test_nothing_is_left_after_a_kill(group: bool) -> None:
    before = traces()
    with start_client("web") as process:
        found = json.loads(first_line(process))
        processes = descendants(process.pid)
        if group:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
        until_gone(processes, found["cgroup"])
    assert traces() == before


@engine
def test_a_kill_while_the_engine_starts_leaves_nothing() -> None:
    before = traces()
    with start("sleep", "1000") as process:
        while len(processes := descendants(process.pid)) < 4:  # dk, keeper, init, containerd
            time.sleep(0.005)
        process.kill()
        process.wait()
        while alive(processes):
            time.sleep(0.02)
    assert traces() == before


@one_engine
@engine
@pytest.mark.parametrize("name", ["TERM", "HUP", "INT", "USR1"])
def test_a_signal_to_dk_reaches_the_command(name: str) -> None:
    script = f'trap "echo got {name}; exit 9" {name}; echo up; while :; do sleep 0.05; done'
    with start("sh", "-c", script) as process:
        assert first_line(process) == "up\n"
        process.send_signal(getattr(signal, f"SIG{name}"))
        out, _ = process.communicate("")
    assert (process.returncode, out) == (9, f"got {name}\n")


@one_engine
@engine
def test_a_signal_while_the_engine_starts_ends_all() -> None:
    with start("echo", "ran") as process:
        while len(processes := descendants(process.pid)) < 4:
            time.sleep(0.005)
        process.terminate()
        out, err = process.communicate("")
    assert (process.returncode, out, err) == (143, "", "")
    assert alive(processes) == set()


@engine
def test_two_engines_stand_side_by_side_and_one_inside_the_other() -> None:
    source = str(Path(dk.__file__).parents[1])
    inner = [sys.executable, "-c", DRIVER, sys.executable, "-c", CLIENT, "web"]
    with (
        start_client("web") as one,
        start(*inner, PYTHONPATH=source) as two,
    ):
        found = [json.loads(first_line(process)) for process in (one, two)]
        assert [each["page"] for each in found] == ["hello", "hello"]
        assert [each["containers"] for each in found] == [0, 0]
        assert found[1]["cgroup"].count("dk-engine") > found[0]["cgroup"].count("dk-engine")
        for process in (one, two):
            process.communicate("")
            assert process.returncode == 0
    assert [cgroup_folders(each["cgroup"]) for each in found] == [[], []]


@one_engine
@engine
def test_an_engine_that_fails_shows_the_end_of_its_log(tmp_path: Path) -> None:
    broken = tmp_path / "dockerd"
    broken.write_text("#!/bin/sh\necho no luck today >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(DkError) as caught:
        run_beside_private_engine(["true"], dockerd=str(broken), environ=os.environ)
    assert caught.value.exit_code == 125
    assert "did not become ready" in caught.value.what
    assert "no luck today" in caught.value.why


@pytest.mark.parametrize(
    ("platform", "uid", "words"), [("darwin", 0, "Linux"), ("linux", 1000, "root")]
)
def test_without_linux_or_root_the_error_says_so(
    monkeypatch: pytest.MonkeyPatch, platform: str, uid: int, words: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    with pytest.raises(DkError, match=words) as caught:
        run_beside_private_engine(["true"], dockerd=None, environ={})
    assert caught.value.exit_code == 125


@pytest.mark.parametrize(
    ("there", "dockerd", "what", "fix"),
    [
        ([], None, "no dockerd on this machine", "apt-get install docker.io"),
        ([], "nowhere/dockerd", "no dockerd at nowhere/dockerd", "--dockerd /usr/sbin/dockerd"),
        (
            ["dockerd", "containerd", "containerd-shim-runc-v2", "docker-proxy"],
            None,
            "dockerd needs runc, iptables",
            "apt-get install runc iptables",
        ),
    ],
)
def test_a_missing_program_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    there: list[str],
    dockerd: str | None,
    what: str,
    fix: str,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("dk.engine.daemons._USUAL", ())
    for name in there:
        shutil.copy("/bin/true", tmp_path / name)
    with pytest.raises(DkError) as caught:
        run_beside_private_engine(["true"], dockerd=dockerd, environ={"PATH": str(tmp_path)})
    assert caught.value.what == what
    assert fix in caught.value.fix
    assert caught.value.exit_code == 125


def test_programs_beside_the_given_dockerd_come_first(tmp_path: Path) -> None:
    from dk.engine.daemons import find_daemons

    for folder, names in {"new/sbin": ["dockerd", "runc"], "new/bin": ["containerd"]}.items():
        (tmp_path / folder).mkdir(parents=True)
        for name in names:
            shutil.copy("/bin/true", tmp_path / folder / name)
    old = tmp_path / "old"
    old.mkdir()
    for name in ("containerd", "containerd-shim-runc-v2", "docker-proxy", "iptables", "runc"):
        shutil.copy("/bin/true", old / name)
    given = str(tmp_path / "new" / "sbin")
    found = find_daemons(given, {"PATH": str(old)})
    assert found.dockerd == f"{given}/dockerd"
    assert found.containerd == f"{tmp_path}/new/bin/containerd"
    assert shutil.which("runc", path=found.path) == f"{given}/runc"
    assert shutil.which("iptables", path=found.path) == f"{old}/iptables"
