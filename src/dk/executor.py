"""Carries out a plan: order, parallelism, interrupts. Decides nothing."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from dk.errors import DkError, Interrupted
from dk.plan import Operation, Outcome, Plan, Result, Status

if TYPE_CHECKING:
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
    execution = _Execution(plan, engine, progress)
    interrupted: Interrupted | None = None
    try:
        if plan.transaction:
            execution.transaction()
        else:
            execution.groups()
    except Interrupted as interrupt:
        interrupted = interrupt
    why = "interrupted" if interrupted else "not tried, since an earlier step failed"
    return Result(plan, execution.outcomes(why), interrupted)


class _Execution:
    def __init__(self, plan: Plan, engine: Applier, progress: Progress) -> None:
        self._plan = plan
        self._engine = engine
        self._progress = progress
        self._settled: dict[int, Outcome] = {}

    def outcomes(self, why_not: str) -> tuple[Outcome, ...]:
        """Return an outcome for every operation, skipped where it was never begun."""
        return tuple(
            self._settled.get(id(operation))
            or Outcome(operation=operation, status=Status.SKIPPED, reason=why_not)
            for operation in self._plan.operations
        )

    def transaction(self) -> None:
        """Go one by one; at a failure or an interrupt take back what was made."""
        try:
            for operation in self._plan.operations:
                if self._settle(self._apply(operation)).status is Status.FAILED:
                    self._undo()
                    return
        except Interrupted:
            self._undo()
            raise

    def groups(self) -> None:
        """Go type by type, the operations of one type at the same time."""
        for _, group in groupby(self._plan.operations, key=type):
            operations = list(group)
            if len(operations) == 1:
                self._settle(self._apply(operations[0]))
            else:
                self._parallel(operations)

    def _parallel(self, operations: list[Operation]) -> None:
        from concurrent.futures import ThreadPoolExecutor, wait

        pool = ThreadPoolExecutor(min(WORKERS, len(operations)))
        futures = [pool.submit(self._apply, operation) for operation in operations]
        try:
            for future in futures:
                self._settle(future.result())
            pool.shutdown()
        except Interrupted:
            pool.shutdown(wait=False, cancel_futures=True)
            finished, _ = wait([f for f in futures if not f.cancelled()], FINISH_SECONDS)
            for future in finished:
                self._settle(future.result())
            raise

    def _apply(self, operation: Operation) -> Outcome:
        self._progress.started(operation)
        try:
            done = self._engine.apply(operation, self._progress)
        except Interrupted:
            raise
        except DkError as error:
            return Outcome(
                operation=operation, status=Status.FAILED, reason=error.what, error=error
            )
        status = Status.SKIPPED if done.skipped else Status.DONE
        return Outcome(operation=operation, status=status, reason=done.skipped, done=done)

    def _settle(self, outcome: Outcome) -> Outcome:
        if id(outcome.operation) not in self._settled:
            self._settled[id(outcome.operation)] = outcome
            self._progress.finished(outcome)
        return outcome

    def _undo(self) -> None:
        for outcome in reversed(list(self._settled.values())):
            if outcome.status is Status.DONE and outcome.done is not None:
                self._engine.undo(outcome.operation, outcome.done)
