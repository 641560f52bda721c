"""How a plan goes on: bars on a terminal, a line each in a pipe."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from dk.output.visible import visible
from dk.plan import Status

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from dk.output.streams import Streams
    from dk.plan import Operation, Outcome

BEGINS = {"pull image": "pulling"}
"""Said of a verb when it begins, since it may take long."""

ENDS = {
    "pull image": "pulled",
    "create network": "made network",
    "make folder": "made folder",
}
"""Said of a verb when it is done, since nobody asked for it in so many words."""


class SilentProgress:
    """Says nothing: for `--quiet` and `--json`."""

    def started(self, operation: Operation) -> None:
        """Say nothing."""

    def advanced(self, operation: Operation, done: int, total: int) -> None:
        """Say nothing."""

    def finished(self, outcome: Outcome) -> None:
        """Say nothing."""

    def ended(self) -> None:
        """Say nothing."""


class LineProgress(SilentProgress):
    """Lines on stderr: what begins and may take long, what was done on the way."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    def started(self, operation: Operation) -> None:
        """Name what begins."""
        if operation.verb in BEGINS:
            self._streams.err(f"{BEGINS[operation.verb]} {visible(operation.target.name)}\n")

    def finished(self, outcome: Outcome) -> None:
        """Name what was done."""
        verb = outcome.operation.verb
        if verb in ENDS and outcome.status is Status.DONE:
            self._streams.err(f"{ENDS[verb]} {visible(outcome.operation.target.name)}\n")


class BarProgress(LineProgress):
    """A bar on a terminal for each operation that reports bytes."""

    def __init__(self, streams: Streams, *, colour: bool) -> None:
        super().__init__(streams)
        self._colour = colour
        self._bars: RichProgress | None = None
        self._tasks: dict[int, TaskID] = {}

    def advanced(self, operation: Operation, done: int, total: int) -> None:
        """Draw or move the operation's bar."""
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

        if self._bars is None:
            console = Console(file=self._streams.stderr, no_color=not self._colour)
            columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
            self._bars = Progress(*columns, console=console, transient=True)
            self._bars.start()
        if id(operation) not in self._tasks:
            name = visible(operation.target.name).replace("[", "\\[")
            self._tasks[id(operation)] = self._bars.add_task(name, total=total)
        self._bars.update(self._tasks[id(operation)], completed=done, total=total)

    def finished(self, outcome: Outcome) -> None:
        """Take the bars away with the last of them."""
        self._tasks.pop(id(outcome.operation), None)
        if self._bars is not None and not self._tasks:
            self.ended()
        super().finished(outcome)

    def ended(self) -> None:
        """Take away what is still drawn."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None


class CountProgress(SilentProgress):
    """One bar on a terminal that counts the operations of a plan."""

    def __init__(self, streams: Streams, count: int, *, colour: bool) -> None:
        self._streams = streams
        self._count = count
        self._colour = colour
        self._bar: RichProgress | None = None
        self._lock = Lock()
        self._done = 0

    def started(self, _operation: Operation) -> None:
        """Draw the bar with the first of them."""
        with self._lock:
            if self._bar is None:
                from rich.console import Console
                from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

                console = Console(file=self._streams.stderr, no_color=not self._colour)
                columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
                self._bar = Progress(*columns, console=console, transient=True)
                self._bar.add_task("removing", total=self._count)
                self._bar.start()

    def finished(self, _outcome: Outcome) -> None:
        """Move it."""
        self._done += 1
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=self._done)

    def ended(self) -> None:
        """Take it away, also where not all was done."""
        if self._bar is not None:
            self._bar.stop()
