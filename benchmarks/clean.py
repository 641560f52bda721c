"""Times `dk clean` beside docker: `python -m benchmarks.clean [ROUNDS]`, in a private engine.

The contenders take turns, each on a scene made anew, as whole processes with output thrown away.
Each must leave nothing behind. dk writes its journal, as it does for a user.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.clean_scene import Size, left, make
from benchmarks.engine import PRIVATE_ENGINE, versions
from benchmarks.rows import DK

ROUNDS = 3

DK_CLEAN = "dk clean -a --volumes --grace 0 -y"
PRUNE = "docker system prune -af --volumes"
CHAIN = (
    "docker rm $(docker ps -aq); docker rmi $(docker images -q);"
    " docker volume rm $(docker volume ls -q)"
)
DK_PLAN = "dk clean -a --volumes --grace 0 --dry-run"
READ = (
    "docker ps -a; docker images; docker volume ls; docker network ls; docker system df;"
    " docker inspect $(docker ps -aq); docker inspect $(docker images -q)"
)
DK_NETWORKS = "dk clean networks -a --grace 0 -y"
PRUNE_NETWORKS = "docker network prune -f"

SMALL, BIG, HUGE = Size(100, 20, 10), Size(1000, 200, 100), Size(5000, 200, 100)
NETWORKS = Size(0, networks=10)

AIMS = (
    (DK_CLEAN, 0.8, PRUNE, SMALL),
    (DK_CLEAN, 0.8, PRUNE, BIG),
    (DK_CLEAN, 1.1, CHAIN, SMALL),
    (DK_CLEAN, 1.1, CHAIN, BIG),
    (DK_PLAN, 1.0, READ, BIG),
    (DK_PLAN, 1.0, READ, HUGE),
)
"""dk's command, how many times as long as docker's it may take at most, that one, the scene."""
MEMORY = 150  # MiB


class Sample(NamedTuple):
    """What one run took: seconds, and MiB of memory at its peak."""

    seconds: float
    peak: float


class Row(NamedTuple):
    """A command on a scene, with its runs."""

    command: str
    scene: Size
    samples: list[Sample]

    @property
    def seconds(self) -> float:
        """The median."""
        return median(sample.seconds for sample in self.samples)

    @property
    def peak(self) -> float:
        """The highest of all runs, in MiB."""
        return max(sample.peak for sample in self.samples)


def main() -> None:
    if os.environ.get("DOCKER_HOST") != PRIVATE_ENGINE:
        sys.exit("this removes everything, so only in a private engine: make bench")
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    load = os.getloadavg()[0]  # others' work, which the figures suffer from
    with tempfile.TemporaryDirectory() as state:
        environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environ["XDG_STATE_HOME"] = state
        race = _Race(rounds, environ)
        race.warm_up()
        rows = [
            *race.removing(SMALL, DK_CLEAN, PRUNE, CHAIN),
            *race.reading(BIG, DK_PLAN, READ),
            *race.removing(BIG, DK_CLEAN, PRUNE, CHAIN),
            *race.removing(NETWORKS, DK_NETWORKS, PRUNE_NETWORKS),
            *race.reading(HUGE, DK_PLAN, READ),
            *race.removing(HUGE, DK_CLEAN, rounds=1),
        ]
    print(report(rows, load))


def report(rows: list[Row], load: float) -> str:
    """Return the medians as a Markdown table, then a line for each aim."""
    of = {(row.command, row.scene): row for row in rows}
    programs = versions()
    lines = [
        "docker CLI {docker_cli}, engine {docker_engine}, ".format(**programs)
        + f"{os.cpu_count()} CPUs at a load of {load:.1f}",
        "",
        "| Scene | Command | Rounds | Median | From, to | Memory |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for row in rows:
        low, high = min(row.samples).seconds, max(row.samples).seconds
        lines.append(
            f"| {row.scene} | `{row.command}` | {len(row.samples)} | {row.seconds:.2f} s"
            f" | {low:.2f}, {high:.2f} | {row.peak:.0f} MiB |"
        )
    lines += ["", "| Aim | Came out | |", "|---|--:|---|"]
    for dk, factor, other, scene in AIMS:
        ratio = of[dk, scene].seconds / of[other, scene].seconds
        lines.append(_aim(f"{scene}: `{dk}` at most {factor:g} × `{other}`", ratio, factor, "×"))
    for row in rows:
        if row.command.startswith("dk "):
            wanted = f"{row.scene}: `{row.command}` under {MEMORY} MiB"
            lines.append(_aim(wanted, row.peak, MEMORY, "MiB"))
    small, big = of[DK_CLEAN, SMALL].seconds, of[DK_CLEAN, BIG].seconds
    slope = sum(BIG) / sum(SMALL)
    lines.append(
        _aim(f"linear: {slope:g} × the things, at most so much time", big / small, slope, "×")
    )
    return "\n".join(lines)


def _aim(wanted: str, came_out: float, limit: float, unit: str) -> str:
    verdict = "met" if came_out <= limit else "**missed**"
    number = f"{came_out:.2f}" if unit == "×" else f"{came_out:.0f}"
    return f"| {wanted} | {number} {unit} | {verdict} |"


class _Race:
    def __init__(self, rounds: int, environ: dict[str, str]) -> None:
        self._rounds = rounds
        self._environ = environ

    def warm_up(self) -> None:
        """Have the programs read from the disk, and dk compiled."""
        for command in (DK_PLAN, "docker ps"):
            _run(command, self._environ)

    def removing(self, scene: Size, *commands: str, rounds: int = 0) -> list[Row]:
        """Time commands that remove the whole scene, which may be there already."""
        rows = [Row(command, scene, []) for command in commands]
        for number in range(rounds or self._rounds):
            for row in rows[number % len(rows) :] + rows[: number % len(rows)]:
                if left() == Size(0):
                    make(scene)
                row.samples.append(_run(row.command, self._environ))
                if any(left()):
                    sys.exit(f"{row.command} left {left()}")
        return rows

    def reading(self, scene: Size, *commands: str) -> list[Row]:
        """Time commands that only look; what they saw stays for the next."""
        make(scene)
        rows = [Row(command, scene, []) for command in commands]
        for _ in range(self._rounds):
            for row in rows:
                row.samples.append(_run(row.command, self._environ))
        return rows


def _run(command: str, environ: dict[str, str]) -> Sample:
    """Run a command line to its end; its output is thrown away, its failure ends all."""
    words = command.split()
    if ";" in command or "$" in command:
        argv = [shutil.which("sh") or "sh", "-ec", command]
    else:
        argv = [DK if words[0] == "dk" else shutil.which(words[0]) or words[0], *words[1:]]
    quiet = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    # A child's peak begins at its parent's: this makes that what the parent takes just now.
    Path("/proc/self/clear_refs").write_text("5")
    start = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, environ, file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    taken = time.perf_counter() - start
    if status:
        sys.exit(f"failed: {command}")
    return Sample(taken, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
