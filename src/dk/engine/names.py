"""The names that an engine has now, for a shell that waits for them: quick or not at all.

Without the docker SDK, whose import alone takes longer than the question.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from dk.engine import read
from dk.engine.address import split_tcp
from dk.engine.config_file import http_headers, read_config
from dk.engine.context import resolve
from dk.engine.dial import dial
from dk.errors import DkError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dk.engine.context import Target
    from dk.plan import Json

PATIENCE = 1.3
"""Seconds that one step of the connection may take; an ssh that takes longer is ended."""

LIMIT = 1.6
"""Seconds for all of it, name servers included."""

_MOST = 16 * 1024 * 1024  # bytes of an answer


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
    from threading import Thread

    found: list[Name] = []

    def ask() -> None:
        from http.client import HTTPException

        path, read_names = KINDS[kind]
        # The last five: an answer that is no engine's.
        with suppress(
            DkError, OSError, HTTPException,
            KeyError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError,
        ):  # fmt: skip
            target = resolve(host=host, context=context, environ=environ)
            pairs = read_names(_get(target, path, environ))
            found.extend(Name(str(name), str(description)) for name, description in pairs)

    # A name server or a dripping engine can't be stopped, but need not be waited for.
    thread = Thread(target=ask, daemon=True)
    thread.start()
    thread.join(LIMIT)
    return tuple(found)


def _get(target: Target, path: str, environ: Mapping[str, str]) -> Json:
    import json
    from http.client import HTTPConnection

    connection = HTTPConnection("localhost")
    prefix = ""
    if target.address.startswith("tcp://"):
        host, port, prefix = split_tcp(target.address)
        connection = HTTPConnection(host, port)
    connection.sock = dial(target)
    try:
        connection.sock.settimeout(PATIENCE)
        headers = http_headers(read_config(environ))
        connection.request("GET", prefix.rstrip("/") + path, headers=headers)
        response = connection.getresponse()
        return json.loads(response.read(_MOST)) if response.status == 200 else []
    finally:
        connection.close()


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
