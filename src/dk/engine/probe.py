"""What answers at an engine's address, asked without the SDK, which wants config.json in order."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from dk.engine.address import split_tcp
from dk.engine.client import patience
from dk.engine.dial import dial
from dk.patience import within

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from dk.engine.context import Target

LARGEST = 16 << 20  # bytes of an answer that are read


class Answer(NamedTuple):
    """What came back, in the words of requests: headers by lower-case name."""

    status_code: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> dict[str, Any]:
        """Return the object that was sent; ValueError where it is none."""
        data = json.loads(self.text)
        if not isinstance(data, dict):
            raise ValueError("not an object")
        return data


class RefusedError(Exception):
    """The other side answered with an error."""

    def __init__(self, response: Answer) -> None:
        super().__init__(f"HTTP {response.status_code}")
        self.response = response


class Probe:
    """One connection for a few small questions; each is answered in time or given up.

    `seconds` is the time that each has, else as much as the engine's first answer has elsewhere.
    """

    def __init__(
        self, target: Target, headers: Mapping[str, bytes], seconds: float | None = None
    ) -> None:
        self._headers = headers
        self._patience = patience(target) if seconds is None else seconds
        is_tcp = target.address.startswith("tcp://")
        self._prefix = split_tcp(target.address)[2] if is_tcp else ""
        self._connection = _Connection(target, self._patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def get(self, path: str) -> Answer:
        """GET a path.

        Raises RefusedError, and for the rest what `dial` raises, OSError and HTTPException.
        """
        return within(self._patience, lambda: self._get(path))

    def _get(self, path: str) -> Answer:
        self._connection.request("GET", f"{self._prefix}{path}", headers=self._headers)
        response = self._connection.getresponse()
        answer = Answer(
            response.status,
            {name.lower(): value for name, value in response.headers.items()},
            response.read(LARGEST).decode(errors="replace"),
        )
        if answer.status_code != 200:
            raise RefusedError(answer)
        return answer


class _Connection(HTTPConnection):
    def __init__(self, target: Target, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._target = target

    def connect(self) -> None:
        self.sock = dial(self._target)
        self.sock.settimeout(self.timeout)
