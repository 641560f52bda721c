"""Which operations of a plan may begin when."""

from collections.abc import Iterable
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from dk.operations.container import RemoveContainer
from dk.operations.image import PullImage
from dk.plan import Operation
from dk.schedule import Schedule


def remove(name: str, after: str = "") -> RemoveContainer:
    return RemoveContainer(id=name, name=name, after=tuple(after.split()))


def names(operations: Iterable[Operation]) -> list[str]:
    return [operation.target.name for operation in operations]


def test_what_waits_for_nothing_may_begin_at_once_in_the_plans_order() -> None:
    schedule = Schedule([remove("b"), remove("a"), remove("c", after="a")])
    assert names(schedule.ready()) == ["b", "a"]


def test_the_last_of_those_it_waits_for_lets_an_operation_begin() -> None:
    one, two = remove("one"), remove("two")
    schedule = Schedule([one, two, remove("net", after="one two")])
    assert names(schedule.over(two)) == []
    assert names(schedule.over(one)) == ["net"]


def test_one_operation_may_let_several_begin() -> None:
    job = remove("job")
    schedule = Schedule([job, remove("net", after="job"), remove("image", after="job")])
    assert names(schedule.over(job)) == ["net", "image"]


def test_an_id_that_no_operation_targets_holds_nothing_up() -> None:
    assert names(Schedule([remove("a", after="gone")]).ready()) == ["a"]


def test_an_id_that_is_named_twice_is_waited_for_once() -> None:
    job = remove("job")
    schedule = Schedule([job, remove("net", after="job job")])
    assert names(schedule.over(job)) == ["net"]


def test_what_is_over_twice_lets_nothing_begin_twice() -> None:
    job = remove("job")
    schedule = Schedule([job, remove("net", after="job")])
    assert names(schedule.over(job)) == ["net"]
    assert names(schedule.over(job)) == []


def test_what_has_no_id_yet_holds_nothing_up() -> None:
    pull = PullImage(reference="app:1")
    schedule = Schedule([pull, remove("a", after="")])
    assert names(schedule.ready()) == ["app:1", "a"]
    assert names(schedule.over(pull)) == []


@given(st.lists(st.sets(st.integers(0, 11)), max_size=12), st.randoms(use_true_random=False))
def test_each_begins_once_after_all_it_waits_for(waits: list[set[int]], random: Random) -> None:
    # Each waits for earlier ones only, so that there is no circle; they end in any order.
    operations = [
        remove(str(number), " ".join(str(each) for each in after if each < number))
        for number, after in enumerate(waits)
    ]
    schedule = Schedule(operations)
    running, begun, over = list(schedule.ready()), set[str](), set[str]()
    while running:
        operation = running.pop(random.randrange(len(running)))
        assert set(operation.after) <= over
        assert operation.target.id not in begun
        begun.add(operation.target.id)
        over.add(operation.target.id)
        running += schedule.over(operation)
    assert len(begun) == len(operations)
