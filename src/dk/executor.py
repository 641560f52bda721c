"""Carries out a plan: order, parallelism, interrupts. Decides nothing."""

from __future__ import annotations

from threading import Condition
from typing import TYPE_CHECKING, Protocol

from dk.errors import DkError, EngineLostError, Interrupted, NoEngineError
from dk.plan import Done, Operation, Outcome, Plan, Result, Status
from dk.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dk.plan import Check, Memory

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

    def ended(self) -> None:
        """All is over, or given up."""


class Applier(Protocol):
    """Makes one operation true on an engine, and takes it back."""

    def check(self, operation: Operation) -> Check:
        """Look once more, just before: is its cause still there, and what will it destroy."""

    def apply(self, operation: Operation, progress: Progress) -> Done:
        """Carry out one operation; raise DkError where that fails."""

    def undo(self, operation: Operation, done: Done) -> None:
        """Take back what `apply` created, where that is wanted."""


class Journal(Protocol):
    """Writes down what is destroyed, before it is."""

    def destroying(self, memories: Sequence[Memory]) -> None:
        """Keep what it takes to get these back; DkError where that fails: they then stay."""

    def settled(self, memories: Sequence[Memory], *, removed: bool) -> None:
        """Note whether they are gone."""


class NoJournal:
    """Where the user wants none, or nothing is destroyed."""

    def destroying(self, memories: Sequence[Memory]) -> None:
        """Forget it."""

    def settled(self, memories: Sequence[Memory], *, removed: bool) -> None:
        """Forget it."""


def execute(
    plan: Plan, engine: Applier, progress: Progress, journal: Journal | None = None
) -> Result:
    """Carry out every operation of `plan` and return an outcome for each."""
    execution = _Execution(plan, engine, progress, journal or NoJournal())
    interrupted: Interrupted | None = None
    try:
        if plan.transaction:
            execution.transaction()
        else:
            execution.at_once()
    except Interrupted as interrupt:
        interrupted = interrupt
    finally:
        progress.ended()
    why = "interrupted" if interrupted else execution.why_not
    return Result(plan, execution.outcomes(why), interrupted)


class _Execution:
    def __init__(self, plan: Plan, engine: Applier, progress: Progress, journal: Journal) -> None:
        self._plan = plan
        self._engine = engine
        self._progress = progress
        self._journal = journal
        self._settled: dict[int, Outcome] = {}
        self._idle = Condition()
        self._in_flight = 0
        self._stopped = False
        self.why_not = "not tried, since an earlier step failed"

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

    def at_once(self) -> None:
        """Go in parallel, each operation when those that it waits for are over."""
        if len(self._plan.operations) == 1 and not self._plan.destroys:
            self._settle(self._apply(self._plan.operations[0]))
        elif self._plan.operations:
            self._parallel(Schedule(self._plan.operations))

    def _parallel(self, schedule: Schedule) -> None:
        from concurrent.futures import Future, ThreadPoolExecutor
        from queue import SimpleQueue

        pool = ThreadPoolExecutor(min(WORKERS, len(self._plan.operations)))
        finished: SimpleQueue[Future[Operation]] = SimpleQueue()
        begun = over = 0
        ready: Iterable[Operation] = schedule.ready()
        try:
            while True:
                for operation in ready:
                    begun += 1
                    pool.submit(self._work, operation).add_done_callback(finished.put)
                if over == begun or self._stopped:
                    return
                ready = schedule.over(finished.get().result())
                over += 1
        finally:
            self._stopped = True
            pool.shutdown(wait=False, cancel_futures=True)
            with self._idle:
                self._idle.wait_for(lambda: not self._in_flight, FINISH_SECONDS)

    def _work(self, operation: Operation) -> Operation:
        """Carry out one operation in a thread of its own, unless all is to end."""
        with self._idle:
            if self._stopped:
                return operation
            self._in_flight += 1
        try:
            outcome = self._settle(self._apply(operation))
            if isinstance(outcome.error, EngineLostError | NoEngineError):
                self.why_not = "not tried, since the engine went away"
                self._stopped = True
        finally:
            with self._idle:
                self._in_flight -= 1
                self._idle.notify_all()
        return operation

    def _apply(self, operation: Operation) -> Outcome:
        self._progress.started(operation)
        try:
            done = self._checked(operation)
        except Interrupted:
            raise
        except DkError as error:
            return Outcome(
                operation=operation, status=Status.FAILED, reason=error.what, error=error
            )
        status = Status.SKIPPED if done.skipped else Status.DONE
        return Outcome(operation=operation, status=status, reason=done.skipped, done=done)

    def _checked(self, operation: Operation) -> Done:
        """Look once more, write down what goes, apply."""
        check = self._engine.check(operation)
        if check.skipped:
            return Done(skipped=check.skipped)
        if not check.memories:
            return self._engine.apply(operation, self._progress)
        self._journal.destroying(check.memories)
        try:
            done = self._engine.apply(operation, self._progress)
        except EngineLostError:
            raise  # nobody knows: whoever reads the journal looks at the engine
        except DkError:
            self._journal.settled(check.memories, removed=False)
            raise
        self._journal.settled(check.memories, removed=not done.skipped)
        return done

    def _settle(self, outcome: Outcome) -> Outcome:
        with self._idle:
            self._settled[id(outcome.operation)] = outcome
            self._progress.finished(outcome)
        return outcome

    def _undo(self) -> None:
        for outcome in reversed(list(self._settled.values())):
            if outcome.status is Status.DONE and outcome.done is not None:
                self._engine.undo(outcome.operation, outcome.done)
