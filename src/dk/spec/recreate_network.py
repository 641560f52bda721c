"""A network's inspect, turned into the request that makes the same network again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dk.plan import Json

_SAME = (
    "Scope", "EnableIPv4", "EnableIPv6", "IPAM", "Internal", "Attachable",
    "Ingress", "ConfigOnly", "ConfigFrom", "Options", "Labels",
)  # fmt: skip
_OF_CONFIG_FROM = ("EnableIPv4", "EnableIPv6", "IPAM", "Internal", "Options")
"""What a network takes from its configuration network; the engine refuses to be told."""


def network_request(inspected: Json) -> dict[str, Json]:
    """Return the body of `POST /networks/create` for the inspect of a network.

    A subnet that the engine had chosen is asked for: inspect does not tell it from one that was
    given.
    """
    body = {key: inspected[key] for key in _SAME if inspected.get(key) is not None}
    body |= {"Name": inspected["Name"], "Driver": inspected["Driver"]}
    body["CheckDuplicate"] = True  # for engines before 25, which else make a second of that name
    if body.get("ConfigOnly"):
        body["Driver"] = ""
    if config_from(inspected):
        for key in _OF_CONFIG_FROM:
            body.pop(key, None)
    else:
        body.pop("ConfigFrom", None)
    if "IPAM" in body:
        body["IPAM"] = {**body["IPAM"], "Config": [_pool(p) for p in _pools(inspected)]}
    return body


def config_from(inspected: Json) -> str:
    """Return the name of the network whose configuration a network takes, mostly none."""
    return str((inspected.get("ConfigFrom") or {}).get("Network") or "")


def subnets(inspected: Json) -> tuple[str, ...]:
    """Return the subnets of a network's inspect, or of an item of the list."""
    return tuple(pool["Subnet"] for pool in _pools(inspected) if pool.get("Subnet"))


def create_words(request: Json) -> tuple[str, ...]:
    """Return the words of the `docker network create` that sends this request."""
    return ("docker", "network", "create", *_flags(request), request["Name"])


def _pools(inspected: Json) -> list[dict[str, Json]]:
    return (inspected.get("IPAM") or {}).get("Config") or []


def _pool(pool: dict[str, Json]) -> dict[str, Json]:
    # Older engines say the gateway of an IPv6 subnet with its mask.
    gateway = (pool.get("Gateway") or "").partition("/")[0]
    return {**pool, "Gateway": gateway} if gateway else pool


_SWITCHES = {
    "Internal": "--internal",
    "Attachable": "--attachable",
    "Ingress": "--ingress",
    "EnableIPv6": "--ipv6",
    "ConfigOnly": "--config-only",
}
_OF_POOL = {"Subnet": "--subnet", "IPRange": "--ip-range", "Gateway": "--gateway"}


def _flags(request: Json) -> Iterator[str]:
    if request.get("Driver"):
        yield from ("--driver", request["Driver"])
    if request.get("Scope") not in {None, "", "local", "swarm"}:
        yield from ("--scope", request["Scope"])
    yield from (flag for key, flag in _SWITCHES.items() if request.get(key))
    if request.get("EnableIPv4") is False:
        yield "--ipv4=false"
    if config_from(request):
        yield from ("--config-from", config_from(request))
    yield from _ipam(request.get("IPAM") or {})
    yield from _each("--opt", request.get("Options"))
    yield from _each("--label", request.get("Labels"))


def _ipam(ipam: dict[str, Json]) -> Iterator[str]:
    if ipam.get("Driver") not in {None, "", "default"}:
        yield from ("--ipam-driver", ipam["Driver"])
    yield from _each("--ipam-opt", ipam.get("Options"))
    for pool in ipam.get("Config") or ():
        for key, flag in _OF_POOL.items():
            if pool.get(key):
                yield from (flag, pool[key])
        yield from _each("--aux-address", pool.get("AuxiliaryAddresses"))


def _each(flag: str, pairs: Json) -> Iterator[str]:
    for key, value in (pairs or {}).items():
        yield from (flag, f"{key}={value}")
