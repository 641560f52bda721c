"""Order, parallelism, failures and interrupts of a plan."""

import os
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from dk.errors import DkError, EngineLostError, ExitCode, Interrupted
from dk.executor import Progress, execute
from dk.operations.container import RemoveContainer
from dk.operations.image import PullImage
from dk.operations.network import CreateNetwork
from dk.output.progress import SilentProgress
from dk.plan import Check, Done, Memory, Operation, Plan, Result, Status


def remove(name: str, *after: str) -> RemoveContainer:
    return RemoveContainer(id=f"id-{name}", name=name, after=tuple(f"id-{each}" for each in after))


NETWORK = CreateNetwork(name="net")
IMAGE = PullImage(reference="img")


@dataclass
class Engine:
    """Applies by name: fails, skips or interrupts where told to."""

    fails: set[str] = field(default_factory=set)
    skips: set[str] = field(default_factory=set)
    interrupts: set[str] = field(default_factory=set)
    stays: set[str] = field(default_factory=set)
    meet: threading.Barrier | None = None
    applied: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)

    def check(self, operation: Operation) -> Check:
        name = operation.target.name
        if name in self.stays:
            return Check(skipped="in use by web")
        return Check(memories=(Memory("container", operation.target.id, name, {}),))

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


def test_operations_run_at_the_same_time() -> None:
    # Each waits for all others: run one by one, the barrier would break.
    names = [f"c{number}" for number in range(8)]
    result = run(Engine(meet=threading.Barrier(8)), *map(remove, names))
    assert statuses(result) == [Status.DONE] * 8
    assert [outcome.operation.target.name for outcome in result.outcomes] == names


def test_an_operation_waits_for_those_that_it_names() -> None:
    engine = Engine(fails={"a"}, stays={"b"})
    run(engine, remove("d", "c"), remove("c", "a", "b"), remove("a"), remove("b"))
    assert engine.applied == ["a", "c", "d"]


def test_the_last_look_spares_what_is_in_use_by_now() -> None:
    engine = Engine(stays={"a"})
    result = run(engine, remove("a"), remove("b"))
    assert engine.applied == ["b"]
    assert result.outcomes[0].status is Status.SKIPPED
    assert result.outcomes[0].reason == "in use by web"


@dataclass
class Notebook:
    """A journal; it can't be written for what is in `full`."""

    full: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)

    def destroying(self, memories: Sequence[Memory]) -> None:
        for memory in memories:
            if memory.name in self.full:
                raise DkError("the disk is full")
            self.lines.append(f"destroying {memory.name}")

    def settled(self, memories: Sequence[Memory], *, removed: bool) -> None:
        for memory in memories:
            self.lines.append(f"{memory.name} is {'gone' if removed else 'there'}")


def test_what_goes_is_written_down_before_and_its_end_afterwards() -> None:
    journal = Notebook()
    engine = Engine(fails={"b"}, skips={"c"})
    plan = Plan(operations=(remove("a"), remove("b", "a"), remove("c", "b")))
    execute(plan, engine, SilentProgress(), journal)
    assert journal.lines == [
        "destroying a", "a is gone", "destroying b", "b is there", "destroying c", "c is there",
    ]  # fmt: skip


def test_what_can_t_be_written_down_stays() -> None:
    engine = Engine()
    plan = Plan(operations=(remove("a"), remove("b")))
    result = execute(plan, engine, SilentProgress(), Notebook(full={"a"}))
    assert engine.applied == ["b"]
    assert statuses(result) == [Status.FAILED, Status.DONE]


def test_when_the_engine_is_lost_nothing_more_is_tried() -> None:
    class Dying(Engine):
        def apply(self, operation: Operation, progress: Progress) -> Done:
            time.sleep(0.01)
            if len(self.applied) >= 3:
                raise EngineLostError("the connection to the engine broke off")
            return super().apply(operation, progress)

    journal = Notebook()
    engine = Dying()
    plan = Plan(operations=tuple(remove(f"c{number}") for number in range(80)))
    result = execute(plan, engine, SilentProgress(), journal)
    left = [outcome.reason for outcome in result.outcomes if outcome.status is Status.SKIPPED]
    assert len(left) > 50
    assert set(left) == {"not tried, since the engine went away"}
    assert result.exit_code == ExitCode.FAILED
    assert not [line for line in journal.lines if line.endswith("there")]


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


def test_an_interrupt_finishes_even_the_only_removal() -> None:
    def interrupt(_number: int, _frame: object) -> None:
        raise Interrupted("interrupted")

    class Slow(Engine):
        def apply(self, operation: Operation, progress: Progress) -> Done:
            os.kill(os.getpid(), signal.SIGUSR1)
            time.sleep(0.1)
            return super().apply(operation, progress)

    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        result = run(Slow(), remove("a"))
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert statuses(result) == [Status.DONE]
    assert result.exit_code == ExitCode.INTERRUPTED


def test_what_befalls_many_in_the_same_way_is_said_once() -> None:
    class Failing(Engine):
        def apply(self, _operation: Operation, _progress: Progress) -> Done:
            raise DkError("the disk is full")

    result = run(Failing(), remove("a"), remove("b"))
    assert [error.what for error in result.errors] == ["the disk is full"]


@pytest.mark.parametrize("code", [ExitCode.NOT_FOUND, ExitCode.NO_ENGINE])
def test_a_single_failure_gives_its_own_exit_code(code: ExitCode) -> None:
    class Failing(Engine):
        def apply(self, _operation: Operation, _progress: Progress) -> Done:
            raise DkError("no", exit_code=code)

    assert run(Failing(), remove("a")).exit_code == code
