"""Carries out a plan: order, parallelism, interrupts. Decides nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from dk.errors import DkError, Interrupted
from dk.plan import Operation, Outcome, Plan, Result, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dk.plan import Done

WORKERS = 8  # more are no faster on one engine
FINISH_SECONDS = 2.0  # what an interrupt leaves to operations in flight


class Progress(Protocol):
    """Hears how a plan goes on."""

    def started(self, operation: Operation) -> None:
        """The operation begins."""

    def advanced(self, operation: Operation, done: int, total: int) -> None:
        """So many of so many bytes are through."""

    def finished(self, outcome: Outcome) -> None:
        """The operation is over."""


class Applier(Protocol):
    """Makes one operation true on an engine, and takes it back."""

    def apply(self, operation: Operation, progress: Progress) -> Done:
        """Carry out one operation; raise DkError where that fails."""

    def undo(self, operation: Operation, done: Done) -> None:
        """Take back what `apply` created, where that is wanted."""


def execute(plan: Plan, engine: Applier, progress: Progress) -> Result:
    """Carry out every operation of `plan` and return an outcome for each."""
    run = _transaction if plan.transaction else _groups
    outcomes: list[Outcome] = []
    interrupted: Interrupted | None = None
    try:
        for outcome in run(plan, engine, progress, outcomes):
            progress.finished(outcome)
    except Interrupted as interrupt:
        interrupted = interrupt
    settled = {id(outcome.operation) for outcome in outcomes}
    left = [o for o in plan.operations if id(o) not in settled]
    why = "interrupted" if interrupted else "not tried, since an earlier step failed"
    outcomes += [Outcome(operation=o, status=Status.SKIPPED, reason=why) for o in left]
    order = {id(operation): number for number, operation in enumerate(plan.operations)}
    outcomes.sort(key=lambda outcome: order[id(outcome.operation)])
    return Result(plan, tuple(outcomes), interrupted)


def _one(operation: Operation, engine: Applier, progress: Progress) -> Outcome:
    progress.started(operation)
    try:
        done = engine.apply(operation, progress)
    except Interrupted:
        raise
    except DkError as error:
        return Outcome(operation=operation, status=Status.FAILED, reason=error.what, error=error)
    if done.skipped:
        return Outcome(operation=operation, status=Status.SKIPPED, reason=done.skipped, done=done)
    return Outcome(operation=operation, status=Status.DONE, done=done)


def _transaction(
    plan: Plan, engine: Applier, progress: Progress, outcomes: list[Outcome]
) -> Iterable[Outcome]:
    try:
        for operation in plan.operations:
            outcomes.append(_one(operation, engine, progress))
            yield outcomes[-1]
            if outcomes[-1].status is Status.FAILED:
                _undo(engine, outcomes)
                return
    except Interrupted:
        _undo(engine, outcomes)
        raise


def _undo(engine: Applier, outcomes: list[Outcome]) -> None:
    for outcome in reversed(outcomes):
        if outcome.status is Status.DONE and outcome.done is not None:
            engine.undo(outcome.operation, outcome.done)


def _groups(
    plan: Plan, engine: Applier, progress: Progress, outcomes: list[Outcome]
) -> Iterable[Outcome]:
    for _, group in groupby(plan.operations, key=type):
        operations = list(group)
        if len(operations) == 1:
            outcomes.append(_one(operations[0], engine, progress))
            yield outcomes[-1]
        else:
            yield from _parallel(operations, engine, progress, outcomes)


def _parallel(
    operations: list[Operation], engine: Applier, progress: Progress, outcomes: list[Outcome]
) -> Iterable[Outcome]:
    with ThreadPoolExecutor(min(WORKERS, len(operations))) as pool:
        futures = [pool.submit(_one, operation, engine, progress) for operation in operations]
        try:
            for future in futures:
                outcomes.append(future.result())
                yield outcomes[-1]
        except Interrupted:
            for future in futures:
                future.cancel()
            seen = {id(outcome.operation) for outcome in outcomes}
            finished, _ = wait([f for f in futures if not f.cancelled()], FINISH_SECONDS)
            late = (future.result() for future in futures if future in finished)
            outcomes += [outcome for outcome in late if id(outcome.operation) not in seen]
            pool.shutdown(wait=False, cancel_futures=True)
            raise
