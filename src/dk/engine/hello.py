"""The first words with an engine, without the SDK: its API version, its kind and its clock."""

from __future__ import annotations

from http.client import HTTPException
from typing import TYPE_CHECKING, NamedTuple

from dk.engine.client import agreed, wanted_api
from dk.engine.clock import Clock
from dk.engine.config_file import http_headers, read_config
from dk.engine.probe import Probe, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dk.engine.context import Target


class Hello(NamedTuple):
    """What both sides agreed on, and what the engine said of itself."""

    api_version: str
    is_podman: bool
    clock: Clock


def greet(target: Target, environ: Mapping[str, str]) -> Hello:
    """Agree with an engine on an API version, in one request.

    `DOCKER_API_VERSION` sets the version instead, as in docker. Raises NoEngineError where no
    engine answers, UsageError for a config.json or TLS files that can't be used.
    """
    wanted = wanted_api(environ)
    headers = http_headers(read_config(environ))
    try:
        with Probe(target, headers) as probe:
            answer = probe.get("/_ping")
    except (RefusedError, OSError, HTTPException) as error:
        from dk.engine.unreachable import explain_unreachable

        raise explain_unreachable(target, error) from error
    return Hello(
        wanted or agreed(target, answer.headers.get("api-version", "")),
        "libpod-api-version" in answer.headers,
        Clock.of(answer.headers.get("date")),
    )
