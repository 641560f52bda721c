"""How a container ended: asked before its start, so that no end is missed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dk.engine.failures import EngineError

if TYPE_CHECKING:
    import requests

    from dk.engine.engine import Engine


def wait_for_end(
    engine: Engine, container_id: str, *, removed: bool, timeout: float | None = None
) -> requests.Response:
    """Ask the engine to tell when the container has ended; the answer is read with `exit_code`.

    `removed` waits for `--rm` as well. Reading gives up after `timeout` seconds, if there is one.
    """
    client = engine.client
    # Podman, asked to wait for the removal, answers 0 whatever the container ended with.
    condition = "removed" if removed and not client.is_podman else "next-exit"
    return client.post(
        f"{client.base_url}/v{client.api_version}/containers/{container_id}/wait",
        params={"condition": condition},
        stream=True,
        timeout=timeout,
    )


def exit_code(answer: requests.Response) -> int:
    """Return the code that the container ended with."""
    ended = json.loads(answer.content)
    problem = (ended.get("Error") or {}).get("Message")
    if problem:
        raise EngineError(str(problem), status=None)
    return int(ended["StatusCode"])
