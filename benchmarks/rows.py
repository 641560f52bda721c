"""What is timed, and how fast it is meant to be."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

IMAGE = "dk-bench"

TAB = "dk rm <Tab>"  # what the script of `dk completion bash` asks
BASE, FLOOR = "python -c pass", "floor.py"
DOCKER_RUN, DK_RUN = f"docker run --rm {IMAGE} true", f"dk run --rm {IMAGE} true"

DK = str(Path(sys.executable).with_name("dk"))  # the console script, as a user calls it

COMMANDS = {
    BASE: [sys.executable, "-c", "pass"],
    FLOOR: [sys.executable, str(Path(__file__).with_name("floor.py"))],
    "dk --version": [DK, "--version"],
    "dk --help": [DK, "--help"],
    "docker ps -q": ["docker", "ps", "-q"],
    "dk ps -q": [DK, "ps", "-q"],
    TAB: [DK, "__complete", "bash", "dk rm ", ""],
    DOCKER_RUN: DOCKER_RUN.split(),
    DK_RUN: [DK, *DK_RUN.split()[1:]],
}
"""A name for the table, and the whole command behind it."""


class Aim(NamedTuple):
    """`command` takes at most `factor` times as long as all of `others` together."""

    command: str
    factor: float
    others: tuple[str, ...]


AIMS = (
    Aim("dk --version", 7, (BASE,)),
    Aim("dk --help", 7, (BASE,)),
    Aim("dk ps -q", 1.1, (FLOOR,)),
    Aim(TAB, 1.5, ("dk ps -q",)),
    Aim(DK_RUN, 1, (DOCKER_RUN, FLOOR)),
)
