"""A container whose place a new one takes, and which comes back where the new one fails."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Self

import docker
import requests

from dk.engine.deferral import DeferredInterrupts

if TYPE_CHECKING:
    from types import TracebackType

    from dk.engine.engine import Engine
    from dk.operations.container import Replaced


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
                self._client.rename(old.id, old.aside)
                interrupts.made(lambda: self._client.rename(old.id, old.name))
        return self

    def make_room(self) -> None:
        """Stop the old one: its ports, its addresses and its files are the new one's now."""
        if self._old is not None and self._old.running:
            self._stopped = True
            self._client.stop(self._old.id)

    def complete(self) -> None:
        """Remove the old one: the new one holds. Its volumes stay."""
        self._completed = True
        if self._old is not None:
            with suppress(docker.errors.NotFound):  # by its own `--rm`
                self._client.remove_container(self._old.id)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._old is None or self._completed:
            return
        with DeferredInterrupts():
            try:
                self._bring_back(self._old)
            except docker.errors.NotFound:  # by its own `--rm`
                said = f"{self._old.name} is gone: it was run with --rm"
            except (docker.errors.APIError, requests.RequestException):
                old = self._old
                said = (
                    f"{old.name} could not be brought back; it is there as {old.aside}:"
                    f" {self._typed} rename {old.aside} {old.name}"
                )
            else:
                said = f"{self._old.name} is back as it was"
            self._streams.err(f"note: {said}\n")

    def _bring_back(self, old: Replaced) -> None:
        self._client.rename(old.id, old.name)
        if self._stopped:
            # An interrupted stop goes on in the engine: a start before its end is lost.
            self._client.stop(old.id)
            self._client.start(old.id)
