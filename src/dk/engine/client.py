"""The one client of a call of dk."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from dk.engine.config_file import config_path, http_headers, read_config
from dk.engine.context import Target
from dk.errors import UsageError

if TYPE_CHECKING:
    from dk.engine.transport import EngineClient

# As docker's own clients do, dk speaks the newest API that it knows, or the engine's where that is
# older: a newer engine still takes it, and its answers keep the shape that dk was tried with.
NEWEST_API = "1.51"
OLDEST_API = "1.24"  # the docker SDK's

PING_TIMEOUT = 15.0
SSH_PING_TIMEOUT = 45.0  # ssh's own limit for connecting and some more


def connect(target: Target, environ: Mapping[str, str]) -> "EngineClient":
    """Return a client for the engine, its API version agreed on by one request.

    `DOCKER_API_VERSION` sets the version instead, as in docker. Threads may share the client; the
    caller closes it. Raises NoEngineError where no engine answers, UsageError for a config.json or
    TLS files that can't be used.
    """
    import requests

    wanted = wanted_api(environ)
    headers = http_headers(read_config(environ))
    client = _new_client(target, environ, headers)
    try:
        answer = client.get(
            f"{client.base_url}/_ping",
            timeout=patience(target),
            allow_redirects=False,
        )
        answer.raise_for_status()
        client.speak(wanted or agreed(target, answer.headers.get("Api-Version", "")))
        client.is_podman = "Libpod-Api-Version" in answer.headers
    except requests.exceptions.RequestException as error:
        from dk.engine.unreachable import explain_unreachable

        client.close()
        raise explain_unreachable(target, error) from error
    except BaseException:
        client.close()
        raise
    return client


def patience(target: Target) -> float:
    """Return how many seconds the engine has for its first answer."""
    return SSH_PING_TIMEOUT if target.address.startswith("ssh://") else PING_TIMEOUT


def wanted_api(environ: Mapping[str, str]) -> str:
    """Return the API version that `DOCKER_API_VERSION` asks for, empty where it is not set."""
    wanted = environ.get("DOCKER_API_VERSION", "").removeprefix("v")
    if wanted and not _is_version(wanted):
        raise UsageError(f"bad DOCKER_API_VERSION: {wanted}", "", f"write it like {NEWEST_API}")
    return wanted


def _new_client(
    target: Target, environ: Mapping[str, str], headers: Mapping[str, bytes]
) -> "EngineClient":
    import docker

    from dk.engine.transport import EngineClient

    try:
        return EngineClient(target, OLDEST_API, headers)
    except (docker.errors.DockerException, AttributeError, TypeError, ValueError) as error:
        # Nothing was sent yet: the SDK only read the credentials and proxies of config.json.
        raise UsageError(
            f"docker's file can't be used: {config_path(environ)}",
            str(error),
            "correct it or move it away",
        ) from error


def agreed(target: Target, offered: str) -> str:
    """Return the API version to speak with an engine that offers this one; else NoEngineError."""
    if not _is_version(offered):
        from dk.engine.unreachable import not_an_engine

        raise not_an_engine(target)
    if _parts(offered) < _parts(OLDEST_API):
        from dk.engine.unreachable import too_old

        raise too_old(target, offered, OLDEST_API)
    return min(offered, NEWEST_API, key=_parts)


def _is_version(text: str) -> bool:
    return re.fullmatch(r"\d{1,4}\.\d{1,4}", text) is not None


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
