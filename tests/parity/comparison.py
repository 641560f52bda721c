"""When two requests to make a container ask for the same one."""

from typing import Any

from .recording_socket import Creation

USERS_OWN_KEYS = {"Labels", "ExposedPorts", "Volumes", "PortBindings", "EndpointsConfig"}
"""Maps whose keys say something by themselves, whatever their values are."""

THREE_STATES = {"Init"}
"""Fields where false is not the same as absent: absent is the engine's own default."""


def comparable(creation: Creation) -> tuple[dict[str, str], Any]:
    """Return query and body, so that they are equal where the engine makes the same container.

    - null, "", 0, false, [] and {} are the same as absent, for the CLI's versions differ there.
      Not so in `THREE_STATES`, in lists, and the keys of `USERS_OWN_KEYS` always count.
    - `Env`: docker sends `-e` in random order, through a map. Compared is what is said of each
      name, in order.
    - `Binds`: in random order too, for the same reason.
    - An endpoint without settings for the network that `NetworkMode` names (28 sends `default`,
      20.10 does not) says nothing that `NetworkMode` does not.
    - The MAC address in the network that `NetworkMode` names is also said outside of it, before 28.
    - 28 takes `--kernel-memory` and sends nothing.
    - A name may begin with a slash; the engine's own always do.
    """
    query = {key: value.removeprefix("/") for key, value in creation.query.items()}
    body = _without_empty(creation.body)
    host = body.get("HostConfig", {})
    if "Binds" in host:
        host["Binds"] = sorted(host["Binds"])
    if "Env" in body:
        body["Env"] = by_name(body["Env"])
    host.pop("KernelMemory", None)
    networking = body.get("NetworkingConfig", {})
    endpoints = networking.get("EndpointsConfig", {})
    first = endpoints.get(host.get("NetworkMode"), {})
    if "MacAddress" in first:
        body["MacAddress"] = first.pop("MacAddress")
    if not first:
        endpoints.pop(host.get("NetworkMode"), None)
    if not endpoints:
        body.pop("NetworkingConfig", None)
    return {key: value for key, value in query.items() if value}, body


def _without_empty(value: Any, *, keep: bool = False) -> Any:
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    if not isinstance(value, dict):
        return value
    items = {k: _without_empty(v, keep=k in USERS_OWN_KEYS) for k, v in value.items()}
    return {k: v for k, v in items.items() if v or keep or (k in THREE_STATES and v is not None)}


def by_name(env: list[str]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for text in env:
        names.setdefault(text.partition("=")[0], []).append(text)
    return names
