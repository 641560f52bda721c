"""What dk does not import before it needs it: each costs tens of milliseconds at every start."""

import subprocess
import sys

import pytest

HEAVY = {"docker", "requests", "urllib3", "rich", "dotenv", "pydantic"}

PROGRAM = """
import sys
from dk.cli import main
main(sys.argv[1:])
print(*sys.modules, file=sys.stderr)
"""


def modules(*argv: str, **environ: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *argv], capture_output=True, text=True, check=True,
        env={"HOME": "/nonexistent", **environ}, timeout=30,
    )  # fmt: skip
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "argv",
    [
        [], ["--help"], ["--version"], ["run", "--help"], ["run", "--nope", "x"], ["rnu"],
        ["cheat"], ["cheat", "logs"], ["ps", "--explain"],
        ["doctor", "--explain"], ["run", "-p", "x", "img"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_help_and_usage_errors_import_nothing_heavy(argv: list[str]) -> None:
    assert not modules(*argv) & HEAVY


def test_a_list_in_a_pipe_imports_no_rich() -> None:
    found = modules("ps", DOCKER_HOST="unix:///nonexistent/docker.sock")
    assert "docker" in found
    assert not found & {"rich", "dotenv", "pydantic"}


def test_a_command_imports_no_other_command_and_help_no_plan() -> None:
    assert not modules("ps", "--explain") & {"dk.commands.run", "dk.commands.rm", "dk.spec"}
    assert not modules("--help") & {"dk.plan", "dk.output.formatter"}


def test_run_without_an_env_file_imports_no_parser_of_one() -> None:
    found = modules("run", "--explain", "-e", "A=1", "web", DOCKER_HOST="unix:///nonexistent.sock")
    assert "dk.spec.environment" in found
    assert "dk.spec.env_file" not in found


@pytest.mark.parametrize(
    "words",
    [["r"], ["run", "--pull="], ["rm", "w"], ["run", "-v", "d"], ["--context", "d"], ["ps", "-"]],
    ids=" ".join,
)
def test_completion_imports_nothing_heavy_even_for_live_names(words: list[str]) -> None:
    found = modules("__complete", "zsh", *words, DOCKER_HOST="unix:///nonexistent/docker.sock")
    assert "dk.completion.candidates" in found
    assert not found & (HEAVY | {"dk.output.formatter"})
    assert ("dk.engine.names" in found) is (words in (["rm", "w"], ["run", "-v", "d"]))
