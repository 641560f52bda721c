"""What dk does not import before it needs it: each costs tens of milliseconds at every start."""

import subprocess
import sys

import pytest

HEAVY = {"docker", "requests", "urllib3", "rich", "dotenv", "pydantic"}

PROGRAM = """
import sys
from dk.cli import main
main(sys.argv[1:])
print(*sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def imported(*argv: str, **environ: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *argv], capture_output=True, text=True, check=True,
        env={"HOME": "/nonexistent", **environ}, timeout=30,
    )  # fmt: skip
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "argv",
    [
        [], ["--help"], ["--version"], ["run", "--help"], ["run", "--nope", "x"], ["rnu"],
        ["cheat", "logs"], ["ps", "--explain"], ["run", "-p", "x", "img"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_help_and_usage_errors_import_nothing_heavy(argv: list[str]) -> None:
    assert not imported(*argv) & HEAVY


def test_a_list_in_a_pipe_imports_no_rich() -> None:
    modules = imported("ps", DOCKER_HOST="unix:///nonexistent/docker.sock")
    assert "docker" in modules
    assert not modules & {"rich", "dotenv", "pydantic"}
