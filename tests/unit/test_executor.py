"""Order, parallelism, failures and interrupts of a plan."""

import os
import signal
import threading
import time
from dataclasses import dataclass, field

import pytest

from dk.errors import DkError, ExitCode, Interrupted
from dk.executor import Progress, execute
from dk.operations.container import RemoveContainer
from dk.operations.image import PullImage
from dk.operations.network import CreateNetwork
from dk.output.progress import SilentProgress
from dk.plan import Done, Operation, Plan, Result, Status


def remove(name: str) -> RemoveContainer:
    return RemoveContainer(id=f"id-{name}", name=name)


NETWORK = CreateNetwork(name="net")
IMAGE = PullImage(reference="img")


@dataclass
class Engine:
    """Applies by name: fails, skips or interrupts where told to."""

    fails: set[str] = field(default_factory=set)
    skips: set[str] = field(default_factory=set)
    interrupts: set[str] = field(default_factory=set)
    meet: threading.Barrier | None = None
    applied: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)

    def apply(self, operation: Operation, _progress: Progress) -> Done:
        name = operation.target.name
        self.applied.append(name)
        if self.meet is not None:
            self.meet.wait(timeout=5)
        if name in self.interrupts:
            raise Interrupted("interrupted")
        if name in self.fails:
            raise DkError(f"no {name}")
        return Done(skipped="gone already") if name in self.skips else Done(printed=name)

    def undo(self, operation: Operation, _done: Done) -> None:
        self.undone.append(operation.target.name)


def run(engine: Engine, *operations: Operation, transaction: bool = False) -> Result:
    plan = Plan(operations=operations, transaction=transaction)
    return execute(plan, engine, SilentProgress())


def statuses(result: Result) -> list[Status]:
    return [outcome.status for outcome in result.outcomes]


def test_operations_of_one_kind_run_at_the_same_time() -> None:
    # Each waits for all others: run one by one, the barrier would break.
    names = [f"c{number}" for number in range(8)]
    result = run(Engine(meet=threading.Barrier(8)), *map(remove, names))
    assert statuses(result) == [Status.DONE] * 8
    assert [outcome.operation.target.name for outcome in result.outcomes] == names


def test_the_next_kind_waits_for_the_one_before() -> None:
    engine = Engine()
    run(engine, remove("a"), remove("b"), NETWORK, IMAGE)
    assert sorted(engine.applied[:2]) == ["a", "b"]
    assert engine.applied[2:] == ["net", "img"]


def test_a_failure_does_not_keep_the_others_from_being_done() -> None:
    result = run(Engine(fails={"a"}, skips={"b"}), remove("a"), remove("b"), remove("c"))
    assert statuses(result) == [Status.FAILED, Status.SKIPPED, Status.DONE]
    assert result.exit_code == ExitCode.FAILED
    assert result.outcomes[1].reason == "gone already"


def test_skipped_is_no_failure() -> None:
    assert run(Engine(skips={"a"}), remove("a")).exit_code == ExitCode.DONE


def test_a_transaction_ends_at_its_first_failure_and_takes_back_what_it_made() -> None:
    engine = Engine(fails={"img"})
    result = run(engine, NETWORK, IMAGE, remove("a"), transaction=True)
    assert statuses(result) == [Status.DONE, Status.FAILED, Status.SKIPPED]
    assert engine.undone == ["net"]
    assert engine.applied == ["net", "img"]


def test_an_interrupted_transaction_takes_back_what_it_made() -> None:
    engine = Engine(interrupts={"img"})
    result = run(engine, NETWORK, IMAGE, transaction=True)
    assert engine.undone == ["net"]
    assert result.exit_code == ExitCode.INTERRUPTED


def test_an_interrupt_finishes_what_is_in_flight_and_starts_no_more() -> None:
    def interrupt(_number: int, _frame: object) -> None:
        raise Interrupted("interrupted", exit_code=ExitCode.TERMINATED)

    class Slow(Engine):
        def apply(self, operation: Operation, progress: Progress) -> Done:
            time.sleep(0.05)
            if operation.target.name == "c9":
                os.kill(os.getpid(), signal.SIGUSR1)
            return super().apply(operation, progress)

    engine = Slow()
    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        result = run(engine, *(remove(f"c{number}") for number in range(80)))
    finally:
        signal.signal(signal.SIGUSR1, before)
    done = [o for o in result.outcomes if o.status is Status.DONE]
    skipped = [o for o in result.outcomes if o.status is Status.SKIPPED]
    assert result.exit_code == ExitCode.TERMINATED
    assert 9 <= len(done) == len(engine.applied) < 40
    assert len(done) + len(skipped) == 80
    assert {outcome.reason for outcome in skipped} == {"interrupted"}


@pytest.mark.parametrize("code", [ExitCode.NOT_FOUND, ExitCode.NO_ENGINE])
def test_a_single_failure_gives_its_own_exit_code(code: ExitCode) -> None:
    class Failing(Engine):
        def apply(self, _operation: Operation, _progress: Progress) -> Done:
            raise DkError("no", exit_code=code)

    assert run(Failing(), remove("a")).exit_code == code
