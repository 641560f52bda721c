"""The docker SDK's client over dk's own connections. Import it only when an engine is needed."""

from collections.abc import Mapping
from typing import Any

import docker
from docker.transport.basehttpadapter import BaseHTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from dk import __version__
from dk.engine.context import Target
from dk.engine.dial import dial

READ_TIMEOUT = 60  # seconds between two reads, for calls that set none

_KEPT_CONNECTIONS = 32


class EngineClient(docker.APIClient):
    """The SDK's low-level client, for one engine. Makes no request until asked.

    All four kinds of connection go through `dial`: one place for connect timeouts and TLS, and
    neither `REQUESTS_CA_BUNDLE` nor proxies of the environment come in. The SDK's ssh ways need
    paramiko and can't half-close.
    """

    def __init__(self, target: Target, version: str, headers: Mapping[str, bytes]) -> None:
        # The scheme only picks the adapter below; TLS is inside of it.
        base_url = "http://localhost:80"
        if target.address.startswith("tcp://"):
            base_url = target.address.replace("tcp://", "http://", 1)
        super().__init__(
            base_url=base_url, version=version, timeout=READ_TIMEOUT, user_agent=f"dk/{__version__}"
        )
        # Sent with every request by requests; the SDK's own way takes no text beyond Latin-1.
        self._general_configs.pop("HttpHeaders", None)  # type: ignore[attr-defined]
        self.headers.update(headers)
        self.patience: float | None = READ_TIMEOUT
        self.is_podman = False
        self.trust_env = False
        self.mount("http://", _Adapter(target))

    def _set_request_timeout(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Give calls that set no timeout the present one: seconds between two reads, or None."""
        kwargs.setdefault("timeout", self.patience)
        return kwargs

    def speak(self, version: str) -> None:
        """Use this API version from now on."""
        self._version = version


class _Adapter(BaseHTTPAdapter):
    def __init__(self, target: Target) -> None:
        super().__init__()
        self._pool = _Pool(target)

    def get_connection(
        self,
        url: str | bytes,  # noqa: ARG002
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> HTTPConnectionPool:
        return self._pool

    def close(self) -> None:
        super().close()
        self._pool.close()


class _Pool(HTTPConnectionPool):
    def __init__(self, target: Target) -> None:
        super().__init__("localhost", maxsize=_KEPT_CONNECTIONS)
        self._target = target

    def _new_conn(self) -> "_Connection":
        self.num_connections += 1
        return _Connection(self._target)


class _Connection(HTTPConnection):
    def __init__(self, target: Target) -> None:
        super().__init__("localhost")
        self._target = target

    def connect(self) -> None:
        self.sock = dial(self._target)
