"""Docker's plugins are found where docker finds them, and asked within bounds."""

import json
import os
import time
from pathlib import Path

import pytest

from dk.plugins import folders, plugin, standalone_compose

METADATA = json.dumps({"SchemaVersion": "0.1.0", "Vendor": "x", "Version": "v9"})
ENVIRON = {"PATH": os.environ["PATH"]}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dk.plugins.PATIENCE", 1.0)


def make(folder: Path, script: str, name: str = "docker-buildx", mode: int = 0o755) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(script)
    program.chmod(mode)
    return program


def trouble(folder: Path) -> str:
    found = plugin("buildx", [folder], ENVIRON)
    assert found is not None
    return found.trouble


def test_the_extra_folders_come_first_and_the_systems_last() -> None:
    first, own, *system = folders(Path("/home/u/.docker"), ["/extra"])
    assert (first, own) == (Path("/extra"), Path("/home/u/.docker/cli-plugins"))
    assert Path("/usr/libexec/docker/cli-plugins") in system


def test_a_plugin_tells_its_version(tmp_path: Path) -> None:
    program = make(tmp_path, f"#!/bin/sh\n[ $1 = docker-cli-plugin-metadata ] && echo '{METADATA}'")
    assert plugin("buildx", [tmp_path / "none", tmp_path], ENVIRON) == (str(program), "v9", "")
    assert plugin("other", [tmp_path], ENVIRON) is None


def test_the_first_file_is_the_plugin_though_it_is_broken(tmp_path: Path) -> None:
    broken = make(tmp_path / "a", "#!/bin/sh\nexit 3")
    make(tmp_path / "b", f"#!/bin/sh\necho '{METADATA}'")
    found = plugin("buildx", [tmp_path / "a", tmp_path / "b"], ENVIRON)
    assert found == (str(broken), "", "failed with exit code 3 when asked")


@pytest.mark.parametrize(
    "answer", ["", "{", "[]", "3", '{"Vendor": "x"}', '{"SchemaVersion": "0.1.0", "Vendor": ""}']
)
def test_an_answer_of_another_kind_is_trouble(tmp_path: Path, answer: str) -> None:
    make(tmp_path, f"#!/bin/sh\necho '{answer}'")
    assert trouble(tmp_path) == "does not answer as its kind does"


def test_what_can_not_be_run_says_why(tmp_path: Path) -> None:
    make(tmp_path, "#!/bin/sh\n", mode=0o644)
    assert trouble(tmp_path) == "can't be run: permission denied"
    make(tmp_path, "\x7fELF", mode=0o755)
    assert trouble(tmp_path) == "can't be run: exec format error"


def test_a_program_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    make(tmp_path, f"#!/bin/sh\nsleep 600 &\necho $! >{tmp_path}/child\necho '{METADATA}'\nwait")
    assert "did not finish its answer" in trouble(tmp_path)
    child = Path("/proc", (tmp_path / "child").read_text().strip(), "cmdline")
    while child.exists() and child.read_bytes():  # a zombie has no command line
        time.sleep(0.01)


def test_a_program_that_prints_for_ever_is_ended(tmp_path: Path) -> None:
    make(tmp_path, "#!/bin/sh\nexec yes")
    assert "did not finish its answer" in trouble(tmp_path)


def test_a_program_gets_no_input(tmp_path: Path) -> None:
    make(tmp_path, f"#!/bin/sh\ncat\necho '{METADATA}'")
    assert trouble(tmp_path) == ""


@pytest.mark.parametrize(
    ("said", "version"), [("1.29.2", "1.29.2"), ("Compose version v2.3", "v2.3")]
)
def test_a_compose_of_its_own_tells_its_version(tmp_path: Path, said: str, version: str) -> None:
    program = make(tmp_path, f"#!/bin/sh\necho {said}", "docker-compose")
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    assert standalone_compose(environ) == (str(program), version, "")
    assert standalone_compose({"PATH": "/nonexistent"}) is None
