"""The referee itself: the docker CLI talks to the recording engine as to a real one."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .recording_socket import CONTAINER_ID, RecordingEngine

pytestmark = pytest.mark.skipif(shutil.which("docker") is None, reason="no docker CLI")


def docker(engine: RecordingEngine, config: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "DOCKER_CONFIG": str(config), "HOME": str(config)}
    return subprocess.run(
        ["docker", "-H", engine.address, *args], env=environ, capture_output=True, text=True
    )


def test_a_detached_run_ends_well_and_its_body_is_recorded(tmp_path: Path) -> None:
    with RecordingEngine() as engine:
        done = docker(
            engine, tmp_path, "run", "-d", "--name", "web", "-p", "8080:80", "-v", "data:/d", "img"
        )
    assert (done.returncode, done.stdout.strip()) == (0, CONTAINER_ID)
    (creation,) = engine.bodies
    assert creation.query == {"name": "web"}
    assert creation.body["Image"] == "img"
    assert creation.body["HostConfig"]["Binds"] == ["data:/d"]
    assert creation.body["HostConfig"]["PortBindings"] == {
        "80/tcp": [{"HostIp": "", "HostPort": "8080"}]
    }


def test_what_the_docker_cli_refuses_is_not_recorded(tmp_path: Path) -> None:
    with RecordingEngine() as engine:
        done = docker(engine, tmp_path, "run", "-d", "-p", "99999:80", "img")
    assert done.returncode == 125
    assert engine.bodies == []


def test_each_creation_is_recorded_in_order(tmp_path: Path) -> None:
    with RecordingEngine() as engine:
        for name in ("one", "two"):
            docker(engine, tmp_path, "create", "--pull", "always", "--name", name, "img")
    assert [creation.query["name"] for creation in engine.bodies] == ["one", "two"]


def test_the_socket_is_gone_afterwards() -> None:
    with RecordingEngine() as engine:
        path = Path(engine.address.removeprefix("unix://"))
        assert path.is_socket()
    assert not path.parent.exists()
