"""A container's inspect, turned into the requests that make the same container again.

What `POST /containers/create` refuses to be told is left out, and so is what the engine itself
had made: the host name and the alias that are its id.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, NamedTuple

from dk.spec.api_versions import SEVERAL_NETWORKS
from dk.spec.network_attachment import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dk.plan import Json

OTHERS = "container:"
"""What a mode begins with where a container uses a namespace of another one."""

BRIDGE = "bridge"

_MODES = ("NetworkMode", "PidMode", "IpcMode")
_ENDPOINT = ("IPAMConfig", "Links", "Aliases", "DriverOpts", "GwPriority")


class Recreation(NamedTuple):
    """The body of the create request, and the networks to connect afterwards, by name."""

    request: dict[str, Json]
    connections: Mapping[str, dict[str, Json]]


def recreation(
    inspected: Json,
    api_version: tuple[int, ...],
    *,
    image: str,
    renamed: Mapping[str, str] | None = None,
) -> Recreation:
    """Return what makes a container again, for an engine that speaks this API version.

    `image` is the reference or id to make it from. `renamed` has the names, by their old ids, of
    other containers that come back too: they have new ids.
    """
    body = deepcopy(inspected["Config"])
    host = body["HostConfig"] = deepcopy(inspected["HostConfig"])
    body["Image"] = image
    # No entry point at all would be the image's own (moby daemon `merge`).
    body["Entrypoint"] = body.get("Entrypoint") or [""]
    if api_version >= (1, 42):
        host.pop("KernelMemory", None)
    for limit in host.get("Ulimits") or ():
        limit["Name"] = limit["Name"].removeprefix("RLIMIT_").lower()  # of Podman's
    _names(inspected, body)
    _others(host, renamed or {})
    _mount_again(inspected, body)
    endpoints = _endpoints(inspected, api_version)
    _mac_addresses(inspected, body, endpoints, api_version)
    first = network_mode(inspected)
    if endpoints and first not in endpoints:
        first = next(iter(endpoints))  # it was taken out of the network that it was made in
    is_default = host["NetworkMode"] == DEFAULT and first == BRIDGE
    if not is_default and not host["NetworkMode"].startswith(OTHERS):
        host["NetworkMode"] = first
    at_create = endpoints
    if api_version < SEVERAL_NETWORKS:
        at_create = {name: each for name, each in endpoints.items() if name == first}
    body["NetworkingConfig"] = {"EndpointsConfig": at_create}
    return Recreation(body, {n: e for n, e in endpoints.items() if n not in at_create})


def network_mode(inspected: Json) -> str:
    """Return the name of the network that a container was made in, or `container:ID`."""
    mode = str(inspected["HostConfig"]["NetworkMode"])
    for name, endpoint in _networks(inspected).items():
        if mode and endpoint.get("NetworkID", "").startswith(mode):  # it was said by its id
            return name
    return BRIDGE if mode == DEFAULT else mode


def networks_of(inspected: Json) -> tuple[str, ...]:
    """Return the names of a container's networks."""
    return tuple(_networks(inspected))


def needs(inspected: Json) -> Iterator[str]:
    """Yield the containers, by name or id, that must be there before this one can be made."""
    host = inspected["HostConfig"]
    for key in _MODES:
        mode = host.get(key) or ""
        if mode.startswith(OTHERS):
            yield mode.removeprefix(OTHERS)
    yield from (each.partition(":")[0] for each in host.get("VolumesFrom") or ())
    yield from (link.partition(":")[0] for link in _links(inspected))


def volumes_of(inspected: Json) -> Mapping[str, str]:
    """Return the names of a container's volumes, by where they are mounted."""
    return {m["Destination"]: m["Name"] for m in _volume_mounts(inspected)}


def _names(inspected: Json, body: dict[str, Json]) -> None:
    host = body["HostConfig"]
    generated = body.get("Hostname") == inspected["Id"][:12]
    shares_network = host["NetworkMode"].startswith(OTHERS)
    if generated or shares_network or host.get("UTSMode") == "host":
        body["Hostname"] = ""
    if shares_network:
        body["Domainname"] = ""
        body.pop("ExposedPorts", None)  # they are the image's: nobody may say them here
    host["Links"] = _links(inspected) or None


def _links(inspected: Json) -> list[str]:
    """Return legacy links as they were asked for: inspect has "/db:/web/database"."""
    links = []
    for link in inspected["HostConfig"].get("Links") or ():
        container, _, alias = link.partition(":")
        links.append(f"{container.removeprefix('/')}:{alias.rpartition('/')[2]}")
    return links


def _others(host: dict[str, Json], renamed: Mapping[str, str]) -> None:
    for key in _MODES:
        mode = host.get(key) or ""
        other = mode.removeprefix(OTHERS)
        if mode.startswith(OTHERS) and other in renamed:
            host[key] = OTHERS + renamed[other]
    for index, each in enumerate(host.get("VolumesFrom") or ()):
        other, colon, mode = each.partition(":")
        host["VolumesFrom"][index] = renamed.get(other, other) + colon + mode


def _mount_again(inspected: Json, body: dict[str, Json]) -> None:
    """Name the anonymous volumes: it else gets new ones.

    An engine that no longer has one makes an empty one of that name.
    """
    host = body["HostConfig"]
    volumes = volumes_of(inspected)
    for mount in host.get("Mounts") or ():
        if mount.get("Type") == "volume" and not mount.get("Source"):
            mount["Source"] = volumes.get(mount["Target"], "")
    for target in body.get("Volumes") or {}:
        if target in volumes and not _is_mounted(target, host):
            host["Binds"] = [*(host.get("Binds") or ()), f"{volumes[target]}:{target}"]


def _is_mounted(target: str, host: dict[str, Json]) -> bool:
    binds = (bind.split(":") for bind in host.get("Binds") or ())
    mounts = [mount["Target"] for mount in host.get("Mounts") or ()]
    return target in mounts or any(target in parts[1:2] for parts in binds)


def _volume_mounts(inspected: Json) -> list[Json]:
    return [m for m in inspected.get("Mounts") or () if m.get("Type") == "volume"]


def _networks(inspected: Json) -> dict[str, Json]:
    return (inspected.get("NetworkSettings") or {}).get("Networks") or {}


def _endpoints(inspected: Json, api_version: tuple[int, ...]) -> dict[str, dict[str, Json]]:
    endpoints = {}
    for name, settings in _networks(inspected).items():
        endpoint = {key: settings[key] for key in _ENDPOINT if settings.get(key) is not None}
        if api_version < (1, 48):
            endpoint.pop("GwPriority", None)
        if aliases := endpoint.get("Aliases"):
            # Engines before 25 add the short id.
            endpoint["Aliases"] = [each for each in aliases if each != inspected["Id"][:12]]
        endpoints[name] = endpoint
    return endpoints


def _mac_addresses(
    inspected: Json,
    body: dict[str, Json],
    endpoints: dict[str, dict[str, Json]],
    api_version: tuple[int, ...],
) -> None:
    """Place the addresses that were asked for; an endpoint of what ever ran has any other."""
    asked = {}
    if (inspected.get("State") or {}).get("Status") == "created":
        asked = {n: e["MacAddress"] for n, e in _networks(inspected).items() if e.get("MacAddress")}
    if address := body.get("MacAddress"):
        asked[network_mode(inspected)] = address
    if api_version < SEVERAL_NETWORKS:
        return
    body.pop("MacAddress", None)
    for name, address in asked.items():
        if name in endpoints:
            endpoints[name]["MacAddress"] = address
