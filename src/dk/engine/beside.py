"""Carries out `dk engine run`, which needs no engine but makes one."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from dk.operations.private_engine import RunBesidePrivateEngine
from dk.plan import Check, Done

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dk.executor import Progress
    from dk.plan import Operation


class BesidePrivateEngine:
    """Runs commands beside private engines; with `stdout_is_taken` their stdout goes to stderr."""

    def __init__(self, environ: Mapping[str, str], *, stdout_is_taken: bool) -> None:
        self._environ = environ
        self._stdout_is_taken = stdout_is_taken

    def check(self, _operation: Operation) -> Check:
        """Find nothing in the way."""
        return Check()

    def apply(self, operation: Operation, _progress: Progress) -> Done:
        """Start the engine, run the command, remove the engine."""
        from dk.engine.private import run_beside_private_engine

        wanted = cast(RunBesidePrivateEngine, operation)
        with _stdout_to_stderr(self._stdout_is_taken):
            code = run_beside_private_engine(
                wanted.command, dockerd=wanted.dockerd, environ=self._environ
            )
        return Done(exit_code=code, details={"exit_code": code})

    def undo(self, _operation: Operation, _done: Done) -> None:
        """Do nothing: the engine is gone with its command."""


@contextmanager
def _stdout_to_stderr(wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
