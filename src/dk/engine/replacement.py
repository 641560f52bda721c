"""A container whose place a new one takes, and which comes back where the new one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import docker
import requests

from dk.engine.deferral import DeferredInterrupts
from dk.engine.failures import translate
from dk.errors import DkError

if TYPE_CHECKING:
    from types import TracebackType

    from dk.engine.engine import Engine
    from dk.operations.container import Replaced

FAILURES = (docker.errors.APIError, requests.RequestException)


class Replacement:
    """While entered the old container has another name; leaving brings it back unless completed.

    Without an old container nothing of all that happens.
    """

    def __init__(self, engine: Engine, old: Replaced | None) -> None:
        self._client = engine.client
        self._streams = engine.streams
        self._typed = engine.target.docker
        self._old = old
        self._stopped = False
        self._completed = False

    def __enter__(self) -> Self:
        if self._old is not None:
            old = self._old
            with DeferredInterrupts() as interrupts:
                self._check(old, old.name)
                self._set_aside(old)
                interrupts.made(lambda: self._bring_back(old))
        return self

    def _set_aside(self, old: Replaced) -> None:
        if not old.stops_first:
            try:
                self._client.rename(old.id, old.aside)
            except docker.errors.APIError:
                if old.state != "running":
                    raise
                # It was between two crashes when dk looked, and can't be renamed in one.
            else:
                return
        self._stopped = True
        self._client.stop(old.id)
        try:
            self._client.rename(old.id, old.aside)
        except FAILURES:
            self._client.start(old.id)
            raise

    def make_room(self) -> None:
        """Stop the old one: its ports, its addresses and its files are the new one's now."""
        if self._old is None:
            return
        self._check(self._old, self._old.aside)
        # It may have been started meanwhile, by another dk that is replacing the same name.
        running = self._client.inspect_container(self._old.id)["State"]["Running"]
        if running:
            self._stopped = True
            self._client.stop(self._old.id)

    def _check(self, old: Replaced, name: str) -> None:
        """Make sure that nobody else has taken the container's name meanwhile."""
        try:
            now = self._client.inspect_container(old.id)["Name"].removeprefix("/")
        except docker.errors.NotFound:
            now = ""
        if now != name:
            raise DkError(
                f"{old.name} has changed meanwhile",
                f"somebody else has {'renamed' if now else 'removed'} it",
                "look at dk ps -a, then try again",
            )

    def complete(self) -> None:
        """Remove the old one: the new one holds, whatever comes. Its volumes stay."""
        self._completed = True
        if self._old is None:
            return
        with DeferredInterrupts():
            try:
                self._client.stop(self._old.id)
                self._client.remove_container(self._old.id)
            except docker.errors.NotFound:  # by its own `--rm`
                return
            except FAILURES as error:
                why = translate(error).what
                self._note(f"the old {self._old.name} is left as {self._old.aside}: {why}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._old is not None and not self._completed:
            with DeferredInterrupts():
                self._bring_back(self._old)

    def _bring_back(self, old: Replaced) -> None:
        typed = self._typed
        try:
            self._client.rename(old.id, old.name)
        except docker.errors.NotFound:
            why = ": it was run with --rm" if old.removes_itself else ""
            self._note(f"{old.name} is gone{why}")
            return
        except FAILURES as error:
            self._note(
                f"{old.name} could not be brought back ({translate(error).what}); it is there,"
                f" {'stopped, ' if self._stopped else ''}as {old.aside}:"
                f" {typed} rename {old.aside} {old.name}"
            )
            return
        try:
            if self._stopped:
                # An interrupted stop goes on in the engine: a start before its end is lost.
                self._client.stop(old.id)
                self._client.start(old.id)
                if old.state == "paused":
                    self._client.pause(old.id)
        except docker.errors.NotFound:
            self._note(f"{old.name} is gone: it was run with --rm")
        except FAILURES as error:
            self._note(
                f"{old.name} is back, but does not start: {translate(error).what};"
                f" {typed} start {old.name}"
            )
        else:
            self._note(f"{old.name} is back as it was")

    def _note(self, text: str) -> None:
        self._streams.err(f"note: {text}\n")
