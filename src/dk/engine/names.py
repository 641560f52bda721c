"""The names that an engine has now, for a shell that waits for them: quick or not at all.

Without the docker SDK, whose import alone takes longer than the question.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from dk.engine import read
from dk.engine.config_file import http_headers, read_config
from dk.engine.context import resolve
from dk.engine.probe import Probe, RefusedError
from dk.errors import DkError
from dk.patience import within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dk.plan import Json

PATIENCE = 1.3
"""Seconds that one step of the connection may take; an ssh that takes longer is ended."""

LIMIT = 1.6
"""Seconds for all of it, name servers included."""


class Name(NamedTuple):
    """A name with a few words on what bears it."""

    name: str
    description: str


def names(
    kind: str, *, host: str | None, context: str | None, environ: Mapping[str, str]
) -> tuple[Name, ...]:
    """Return the names of one kind, a key of `KINDS`; none where no engine answers in time.

    `host` and `context` are those of the shared options. Never raises for what an engine, a
    context or a file is like.
    """
    from http.client import HTTPException

    path, read_names = KINDS[kind]

    def ask() -> list[Name]:
        target = resolve(host=host, context=context, environ=environ)
        with Probe(target, http_headers(read_config(environ)), PATIENCE) as probe:
            return read_names(json.loads(probe.get(path).text))

    # The last five: an answer that is no engine's.
    with suppress(
        DkError, OSError, HTTPException, RefusedError,
        KeyError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError,
    ):  # fmt: skip
        return tuple(Name(str(name), str(about)) for name, about in within(LIMIT, ask))
    return ()


def _containers(items: Json) -> list[Name]:
    containers = [read.container(item) for item in items]
    return [Name(each.name, f"{each.image}, {each.status}") for each in containers]


def _images(items: Json) -> list[Name]:
    return [Name(name, "") for name in read.image_names(items)]


def _networks(items: Json) -> list[Name]:
    networks = [read.network(item) for item in items]
    return [Name(each.name, each.driver) for each in networks]


def _volumes(answer: Json) -> list[Name]:
    return [Name(item["Name"], item.get("Driver") or "") for item in answer["Volumes"] or ()]


KINDS: Mapping[str, tuple[str, Callable[[Json], list[Name]]]] = {
    "container": ("/containers/json?all=1", _containers),
    "running": ("/containers/json", _containers),
    "image": ("/images/json", _images),
    "network": ("/networks", _networks),
    "volume": ("/volumes", _volumes),
}
"""What can be asked for: where it is in the API, and who reads the answer."""
