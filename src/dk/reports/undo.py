"""The rows of `dk undo --list`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dk.plan import DockerCommand
from dk.report import Column, Report, Row
from dk.spec.elapsed import in_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dk.plans.undo_state import Run

COLUMNS = (
    Column("RUN"),
    Column("AGE", rank=1),
    Column("COMMAND", rank=2),
    Column("REMOVED", rank=3),
    Column("ENGINE", rank=4),
)
KINDS = ("container", "image", "network", "volume", "cache")


def undo_report(runs: Sequence[Run], now: datetime) -> Report:
    """Return a row for each run, in their order."""
    return Report(
        columns=COLUMNS,
        rows=tuple(_row(run, now) for run in runs),
        docker=(DockerCommand((), notes=("docker does not write down what it removes",)),),
        empty="dk has removed nothing on this engine within 30 days",
    )


def _row(run: Run, now: datetime) -> Row:
    counts = Counter(entry.memory.kind for entry in run.destroyed)
    removed = ", ".join(_count(kind, counts[kind]) for kind in KINDS if counts[kind])
    return Row(
        cells=(
            run.id,
            in_words(now - run.time),
            f"dk {run.command}",
            f"{removed or 'nothing yet'}{' (still running)' if run.active else ''}",
            run.address,
        ),
        quiet=run.id,
        data={
            "run": run.id,
            "time": run.time.isoformat().replace("+00:00", "Z"),
            "command": run.command,
            "active": run.active,
            "removed": {kind: counts[kind] for kind in KINDS},
            "engine": {"id": run.engine, "address": run.address},
        },
    )


def _count(kind: str, count: int) -> str:
    if kind == "cache":
        return f"{count} of cache"
    return f"{count} {kind}{'s' * (count > 1)}"
