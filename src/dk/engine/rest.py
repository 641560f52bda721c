"""The engine's API without the SDK, for hundreds of small calls: a fifth of its time.

Threads may share a client: each call takes a connection for itself.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from dk.engine.address import split_tcp
from dk.engine.dial import dial
from dk.engine.failures import EngineError, one_line, translate
from dk.engine.http import Connection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dk.engine.context import Target
    from dk.engine.hello import Hello
    from dk.plan import Json


READ_TIMEOUT = 60.0  # seconds between two reads


class RestClient:
    """Calls of the engine's API in one version, with the headers of config.json.

    `seen` holds a hash of each answer that a plan was made from, by path: a later look that finds
    the same needs no reading.
    """

    def __init__(self, target: Target, hello: Hello, headers: Mapping[str, bytes]) -> None:
        self.clock = hello.clock
        self.api_version = tuple(map(int, hello.api_version.split(".")))
        self._target = target
        is_tcp = target.address.startswith("tcp://")
        prefix = split_tcp(target.address)[2] if is_tcp else ""
        self._prefix = f"{prefix}/v{hello.api_version}"
        self._headers = headers
        self.seen: dict[str, int] = {}
        self._free: list[Connection] = []

    def get(self, path: str, **params: object) -> Json:
        """Return the JSON of an answer. Raises EngineError with its status, EngineLostError."""
        return parsed(self.call("GET", path, **params))

    def find(self, path: str) -> Json:
        """Return the JSON of a resource, None where there is none of that name."""
        found = self.look(path)
        return None if found is None else parsed(found)

    def look(self, path: str) -> bytes | None:
        """Return the JSON of a resource as it came, None where there is none of that name."""
        try:
            return self.call("GET", path)
        except EngineError as error:
            if error.gone:
                return None
            raise

    def lines(self, path: str, **params: object) -> list[Json]:
        """Return the JSON of each line of an answer."""
        return [parsed(line) for line in self.call("GET", path, **params).splitlines()]

    def delete(self, path: str, **params: object) -> Json:
        """Remove something, and return what the engine says of it."""
        return parsed(self.call("DELETE", path, **params))

    def post(self, path: str, **params: object) -> Json:
        """Ask for a change without a body, and return what the engine says of it."""
        return parsed(self.call("POST", path, **params))

    def call(self, method: str, path: str, **params: object) -> bytes:
        """Return the bytes of an answer; a parameter that is no text goes as JSON."""
        query = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in params.items()
        }
        url = f"{self._prefix}{path}" + (f"?{urlencode(query)}" if query else "")
        # What changes takes as long as it takes, and so does counting.
        is_quick = method == "GET" and not path.startswith("/system/df")
        connection: Connection | None = None
        try:
            connection = self._take()
            connection.socket.settimeout(READ_TIMEOUT if is_quick else None)
            response = connection.call(method, url)
        except (OSError, ValueError) as error:
            if connection is not None:
                connection.close()
            raise translate(error) from error
        if response.lasts:
            self._free.append(connection)
        else:
            connection.close()
        if response.status >= 400:
            raise _refused(response.status, response.body)
        return response.body

    def _take(self) -> Connection:
        """Return a connection that nobody uses just now, else a new one."""
        try:
            return self._free.pop()
        except IndexError:
            return Connection(dial(self._target), self._headers)

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._free:
            self._free.pop().close()


def parsed(body: bytes) -> Json:
    """Return the value of an answer. Raises EngineError where it is no JSON."""
    try:
        return json.loads(body or b"null")
    except ValueError as error:
        raise EngineError(
            "the engine's answer is not JSON",
            fix="check what stands between dk and the engine",
            status=None,
        ) from error


def _refused(status: int, body: bytes) -> EngineError:
    try:
        message = str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        message = body.decode(errors="replace")
    return EngineError(one_line(message) or f"the engine answered {status}", status=status)
