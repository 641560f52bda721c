"""The engine's API without the SDK, for hundreds of small calls: a fifth of its time.

Threads may share a client; each has a connection of its own.
"""

from __future__ import annotations

import json
import threading
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from dk.engine.address import split_tcp
from dk.engine.dial import dial
from dk.engine.failures import EngineError, one_line, translate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dk.engine.clock import Clock
    from dk.engine.context import Target
    from dk.plan import Json


NOT_FOUND = 404
READ_TIMEOUT = 60.0  # seconds between two reads


class RestClient:
    """Calls of the engine's API in one version, with the headers of config.json."""

    def __init__(
        self, target: Target, version: str, headers: Mapping[str, bytes], clock: Clock
    ) -> None:
        self.clock = clock
        self._target = target
        is_tcp = target.address.startswith("tcp://")
        self._prefix = f"{split_tcp(target.address)[2] if is_tcp else ''}/v{version}"
        self._headers = headers
        self._own = threading.local()
        self._connections: list[HTTPConnection] = []

    def get(self, path: str, **params: object) -> Json:
        """Return the JSON of an answer. Raises EngineError with its status, EngineLostError."""
        return json.loads(self.call("GET", path, **params) or b"null")

    def find(self, path: str) -> Json:
        """Return the JSON of a resource, None where there is none of that name."""
        try:
            return self.get(path)
        except EngineError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    def lines(self, path: str, **params: object) -> list[Json]:
        """Return the JSON of each line of an answer."""
        return [json.loads(line) for line in self.call("GET", path, **params).splitlines()]

    def delete(self, path: str, **params: object) -> Json:
        """Remove something, and return what the engine says of it."""
        return json.loads(self.call("DELETE", path, **params) or b"null")

    def post(self, path: str, **params: object) -> Json:
        """Ask for a change without a body, and return what the engine says of it."""
        return json.loads(self.call("POST", path, **params) or b"null")

    def call(self, method: str, path: str, **params: object) -> bytes:
        """Return the bytes of an answer; a parameter that is no text goes as JSON."""
        query = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in params.items()
        }
        url = f"{self._prefix}{path}" + (f"?{urlencode(query)}" if query else "")
        connection = self._connection()
        try:
            if connection.sock is None:
                connection.connect()
            # What changes takes as long as it takes, and so does counting.
            is_quick = method == "GET" and not path.startswith("/system/df")
            connection.sock.settimeout(READ_TIMEOUT if is_quick else None)
            connection.request(method, url, headers=self._headers)
            response = connection.getresponse()
            body = response.read()
        except (OSError, HTTPException) as error:
            connection.close()
            raise translate(error) from error
        if response.status >= 400:
            raise _refused(response.status, body)
        return body

    def _connection(self) -> HTTPConnection:
        connection: HTTPConnection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = _Connection(self._target)
            self._connections.append(connection)
        return connection

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._connections:
            connection.close()


class _Connection(HTTPConnection):
    def __init__(self, target: Target) -> None:
        super().__init__("localhost")
        self._target = target

    def connect(self) -> None:
        self.sock = dial(self._target)


def _refused(status: int, body: bytes) -> EngineError:
    try:
        message = str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        message = body.decode(errors="replace")
    return EngineError(one_line(message) or f"the engine answered {status}", status=status)
