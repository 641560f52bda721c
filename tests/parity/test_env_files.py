"""Env files by docker's and by Compose's rules, against docker's own CLI and Compose itself.

`tools/compose.sh` installs a Compose; without one its half is skipped, and fails with CI=true.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dk.spec.env_file.compose import read_compose
from dk.spec.env_file.docker import read_docker
from dk.spec.env_file.reading import Reading
from dk.spec.env_sources import read_environment
from dk.spec.environment import assignments

from .env_files import BY_HAND, ENVIRON, generated
from .sides import WORKERS, Call, Workplace, ask

FILES = [*BY_HAND, *generated(300, seed=20)]
MARK = "DK_TEST_NEXT_FILE="

Values = dict[str, str]


def named(folder: Path, files: Sequence[bytes]) -> list[str]:
    """Write the files and return their names."""
    names = [f"{number}.env" for number in range(len(files))]
    for name, data in zip(names, files, strict=True):
        (folder / name).write_bytes(data)
    return names


def split(readings: Mapping[bytes, Reading]) -> tuple[list[bytes], list[bytes]]:
    """Return the files that dk takes, and those that it refuses."""
    return (
        [data for data, reading in readings.items() if not reading.problems],
        [data for data, reading in readings.items() if reading.problems],
    )


def test_there_are_enough_files() -> None:
    assert len(BY_HAND) > 300
    assert len(set(FILES)) > 500


# docker's rules

DOCKERS_ACCIDENTS = {
    b"A=x\0y\n": ["A=x\0y"],
    b"A\0=y\n": ["A\0=y"],
}
"""What docker sends of files that dk refuses: no container starts with a NUL byte."""


def test_what_docker_takes_by_accident_dk_refuses(docker_cli: str, workplace: Workplace) -> None:
    for data, sent in DOCKERS_ACCIDENTS.items():
        [name] = named(workplace.folder, [data])
        [answer] = ask([Call([docker_cli, "run", "--env-file", name, "x"], {})], workplace)
        assert answer.creation is not None
        assert answer.creation.body["Env"] == sent
        assert read_docker(data, ENVIRON).problems


def test_dk_reads_an_env_file_as_docker_does(docker_cli: str, workplace: Workplace) -> None:
    """All in one call: docker sends what its files say one after the other."""
    readings = {data: read_docker(data, {**workplace.environ, **ENVIRON}) for data in FILES}
    taken, refused = split(readings)
    (workplace.folder / "mark.env").write_text(MARK)
    words = [
        word
        for name in named(workplace.folder, taken)
        for word in ("--env-file", name, "--env-file", "mark.env")
    ]
    [answer] = ask([Call([docker_cli, "run", *words, "busybox"], ENVIRON)], workplace)
    assert answer.creation is not None, answer.stderr
    by_docker: list[list[str]] = [[]]
    for said in answer.creation.body["Env"]:
        if said == MARK:
            by_docker.append([])
        else:
            by_docker[-1].append(said)
    assert len(by_docker) == len(taken) + 1
    for data, said in zip(taken, by_docker, strict=False):
        entries = readings[data].entries
        assert said == [f"{e.key}={e.value.reveal()}" for e in entries if e.value], data

    calls = [
        Call([docker_cli, "run", "--env-file", name, "busybox"], ENVIRON)
        for name in named(workplace.folder, refused)
    ]
    for data, answer in zip(refused, ask(calls, workplace), strict=True):
        assert answer.creation is None, data
        assert answer.code == 125, data
    assert len(refused) > 10


# Compose's rules

NO_NAME = "a variable without a name: no program can read it"
NO_LINE_BREAK = "a bare name on a last line without a line break: Compose takes it for a value"
BLANK_IN_NAME = "a blank other than a space in a name: it was meant for something else"
NUL = "no environment can hold a NUL byte: the container would not start"

COMPOSES_ACCIDENTS: dict[bytes, tuple[Values, str]] = {
    b"=\n": ({"": ""}, NO_NAME),
    b"=x\n": ({"": "x"}, NO_NAME),
    b" =x\n": ({"": "x"}, NO_NAME),
    b"A=1\n=x\n": ({"": "x", "A": "1"}, NO_NAME),
    b":x\n": ({"": "x"}, NO_NAME),
    "\u2003=1\n".encode(): ({"": "1"}, NO_NAME),
    b"export\n": ({}, NO_NAME),
    b"export \n": ({}, NO_NAME),
    b"A=1\nB": ({"A": "1", "": "B"}, NO_LINE_BREAK),
    b"HOST": ({"": "HOST"}, NO_LINE_BREAK),
    b"export HOST": ({"": "HOST"}, NO_LINE_BREAK),
    b"A\tB=1\n": ({"A\tB": "1"}, BLANK_IN_NAME),
    "A\u00a0B=1\n".encode(): ({"A\u00a0B": "1"}, BLANK_IN_NAME),
    b"A=x\0y\n": ({"A": "x\0y"}, NUL),
    b'A="x\\0000y"\n': ({"A": "x\0y"}, NUL),
    b"A=\xff\n": ({"A": "\ufffd"}, "not UTF-8: Compose passes on a broken text"),
}
"""What Compose makes of files that dk refuses, and why dk does."""


def compose() -> str | None:
    """Return the Compose to ask: `DK_TEST_COMPOSE`, one in PATH, or that of tools/compose.sh."""
    here = Path(__file__).parents[2] / ".venv-compose" / "bin"
    path = os.pathsep.join((os.environ.get("PATH", ""), str(here)))
    return os.environ.get("DK_TEST_COMPOSE") or shutil.which("docker-compose", path=path)


Ask = Callable[[Mapping[str, Mapping[str, Any]]], dict[str, Values] | str]


@pytest.fixture
def ask_compose(tmp_path: Path) -> Ask:
    """Ask Compose for the environment of services; a text is its refusal."""
    program = compose()
    if program is None:
        why = "no docker-compose here: tools/compose.sh installs one"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **ENVIRON}

    def run(services: Mapping[str, Mapping[str, Any]]) -> dict[str, Values] | str:
        project = {
            "name": "t",
            "services": {name: {"image": "x", **said} for name, said in services.items()},
        }
        done = subprocess.run(
            [program, "--project-directory", tmp_path, "-f", "-", "config", "--format", "json"],
            input=json.dumps(project).encode(),
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            timeout=60,
        )
        if not done.stdout:  # one package's wrapper loses the exit code
            return done.stderr.decode()
        found = json.loads(done.stdout)["services"]
        # It writes $$ so that the result could be read again.
        return {
            name: {
                key.replace("$$", "$"): value.replace("$$", "$")
                for key, value in found[name].get("environment", {}).items()
            }
            for name in services
        }

    return run


def test_dk_reads_an_env_file_as_compose_does(ask_compose: Ask, tmp_path: Path) -> None:
    readings = {data: read_compose(data, ENVIRON, {}) for data in FILES}
    taken, refused = split(readings)
    names = named(tmp_path, taken)
    answer = ask_compose({f"s{n}": {"env_file": name} for n, name in enumerate(names)})
    assert not isinstance(answer, str), answer
    for number, data in enumerate(taken):
        assert answer[f"s{number}"] == readings[data].values, data

    with ThreadPoolExecutor(WORKERS) as pool:
        answers = pool.map(
            lambda name: ask_compose({"s": {"env_file": name}}), named(tmp_path, refused)
        )
    for data, answer in zip(refused, answers, strict=True):
        assert isinstance(answer, str) == (data not in COMPOSES_ACCIDENTS), (data, answer)
    assert len(refused) > 50


@pytest.mark.parametrize("data", COMPOSES_ACCIDENTS)
def test_what_compose_takes_by_accident_dk_refuses(
    data: bytes, ask_compose: Ask, tmp_path: Path
) -> None:
    [name] = named(tmp_path, [data])
    assert ask_compose({"s": {"env_file": name}}) == {"s": COMPOSES_ACCIDENTS[data][0]}
    assert read_compose(data, ENVIRON, {}).problems


FILES_TOGETHER = (
    (b"A=1\n", b"B=$A\n"),
    (b"A=1\n", b"A=2\nB=$A\n"),
    (b"A=1\n", b"B=$A\nA=2\nC=$A\n"),
    (b"A=1\nA=2\n", b"B=${A:?}\n", b"C=$B${A}\n"),
    (b"HOST=file\n", b"B=$HOST\n"),
    (b"A\nB=1\n", b"A=${A-no}\n"),
    (b"A='$B'\n", b"B=$A\n"),
    (b"A=1\n", b"A\n"),
    (b"A=\n", b"B=${A:-empty}${A-unset}\n"),
)


@pytest.mark.parametrize("files", FILES_TOGETHER)
def test_a_file_sees_what_the_ones_before_it_set_as_in_compose(
    files: tuple[bytes, ...], ask_compose: Ask, tmp_path: Path
) -> None:
    names = named(tmp_path, files)
    paths = [f"./{name}" for name in names]
    sources = read_environment((), paths, ENVIRON, lambda path: (tmp_path / path).read_bytes())
    ours = dict(said.split("=", 1) for said in assignments(sources))
    assert ask_compose({"s": {"env_file": names}}) == {"s": ours}


def test_composes_own_way_to_say_dockers_rules_reads_the_same(
    ask_compose: Ask, tmp_path: Path
) -> None:
    """`format: raw` is what `--env-format docker` is in dk."""
    taken, _ = split({data: read_docker(data, ENVIRON) for data in FILES})
    names = named(tmp_path, taken)
    raw = {f"s{n}": {"env_file": [{"path": p, "format": "raw"}]} for n, p in enumerate(names)}
    answer = ask_compose(raw)
    assert not isinstance(answer, str), answer
    for number, data in enumerate(taken):
        assert answer[f"s{number}"] == read_docker(data, ENVIRON).values, data
