"""Which operations may begin: each waits until those that it names are over."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dk.plan import Operation


class Schedule:
    """The order of a plan's operations, by the ids in their `after`.

    An id that no operation targets holds nothing up. Work grows with the number of ids named.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        targets = {operation.target.id for operation in operations} - {""}
        self._operations = operations
        self._open: Counter[int] = Counter()  # by operation: how many it still waits for
        self._waiting: defaultdict[str, list[Operation]] = defaultdict(list)
        for operation in operations:
            for target in targets.intersection(operation.after):
                self._open[id(operation)] += 1
                self._waiting[target].append(operation)

    def ready(self) -> list[Operation]:
        """Return the operations that wait for none."""
        return [each for each in self._operations if not self._open[id(each)]]

    def over(self, operation: Operation) -> Iterator[Operation]:
        """Note that an operation is over, and yield those that may begin now."""
        for waiting in self._waiting.pop(operation.target.id, ()):
            self._open[id(waiting)] -= 1
            if not self._open[id(waiting)]:
                yield waiting
