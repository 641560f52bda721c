"""Interrupts that wait: between asking the engine to make something and knowing what it made."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any, Self

from dk.errors import HELD_SIGNALS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class DeferredInterrupts:
    """While entered, signals wait, and one takes effect on leaving; it takes many to do so now.

    On leaving with a signal waiting, `undo` is called first: what was made is taken back.
    """

    def __init__(self) -> None:
        self._undo: Callable[[], object] | None = None
        self._waiting: tuple[int, FrameType | None] | None = None
        self._before: dict[int, Any] = {}
        self._count = 0

    def made(self, undo: Callable[[], object]) -> None:
        """Note how to take back what was just made."""
        self._undo = undo

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in NUMBERS:
                if callable(signal.getsignal(number)):
                    self._before[number] = signal.signal(number, self._arrived)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._waiting is not None and self._undo is not None:
                self._undo()
        finally:
            for number, handler in self._before.items():
                signal.signal(number, handler)
        if self._waiting is not None:
            number, frame = self._waiting
            self._before[number](number, frame)

    def _arrived(self, number: int, frame: FrameType | None) -> None:
        self._count += 1
        if self._count > HELD_SIGNALS:
            self._before[number](number, frame)
        self._waiting = (number, frame)
