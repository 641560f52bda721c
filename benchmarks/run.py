"""Times dk beside the docker CLI: `python -m benchmarks.run [ROUNDS]`, in a private engine.

One round runs every command once, in an order of its own, so that whatever slows the machine
down slows all of them. pyperf keeps the figures and does the statistics.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from pathlib import Path

import pyperf

from benchmarks.engine import PRIVATE_ENGINE, prepare, versions
from benchmarks.rows import COMMANDS
from benchmarks.table import table

ROUNDS = 40
RESULTS = Path(__file__).with_name("results")


def main() -> None:
    if os.environ.get("DOCKER_HOST") != PRIVATE_ENGINE:
        sys.exit("this makes containers, so only in a private engine: make bench")
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    prepare()
    suite = measure(rounds, versions())
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{time.strftime('%Y-%m-%d-%H%M%S')}.json"
    suite.dump(str(file))
    print(table(suite))
    print(f"\nAll figures: {file.relative_to(Path.cwd())}")


def measure(rounds: int, metadata: dict[str, str]) -> pyperf.BenchmarkSuite:
    """Run every command once to warm up, then once a round."""
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    warmups = {name: seconds(argv, environ) for name, argv in COMMANDS.items()}
    values: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for number in range(rounds):
        if sys.stderr.isatty():
            print(f"\rround {number + 1} of {rounds} ", end="", file=sys.stderr, flush=True)
        for name in random.sample(list(COMMANDS), len(COMMANDS)):
            values[name].append(seconds(COMMANDS[name], environ))
    return pyperf.BenchmarkSuite(
        [
            pyperf.Benchmark(
                [
                    pyperf.Run(
                        values[name],
                        warmups=[(1, warmups[name])],
                        metadata={"name": name, "loops": 1, "unit": "second", **metadata},
                    )
                ]
            )
            for name in COMMANDS
        ]
    )


def seconds(argv: list[str], environ: dict[str, str]) -> float:
    """Return how long a command takes, from its start to its end, output thrown away."""
    program = shutil.which(argv[0]) or argv[0]
    quiet = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    ]
    start = time.perf_counter()
    pid = os.posix_spawn(program, argv, environ, file_actions=quiet)
    _, status = os.waitpid(pid, 0)
    taken = time.perf_counter() - start
    if status:
        sys.exit(f"failed: {' '.join(argv)}")
    return taken


if __name__ == "__main__":
    main()
