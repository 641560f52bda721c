"""A create request for an engine that speaks an older API, changed as docker's client does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.errors import UsageError
from dk.spec.run_options import RUN_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dk.plan import Json
    from dk.spec.container import ContainerSpec
    from dk.spec.network_attachment import NetworkAttachment

SEVERAL_NETWORKS = (1, 44)
"""Since here a container can be made in several networks at once."""


ENGINES = {"1.43": "24", "1.44": "25"}
"""The first engine that speaks an API version."""


def check_version(spec: ContainerSpec, version: tuple[int, ...]) -> None:
    """Refuse an option that the engine's API does not have yet, as docker's CLI does."""
    speaks = f"it speaks {'.'.join(map(str, version))}"
    for option in RUN_OPTIONS:
        if option.since and getattr(spec, option.field):
            needed = tuple(map(int, option.since.split(".")))
            if version < needed:
                raise UsageError(
                    f"{option.flags[0]} needs API {option.since}, which this engine does not have",
                    speaks,
                    f"leave it out, or use Engine {ENGINES[option.since]} or newer",
                )

    _check_networks(spec.networks, version, speaks)


def _check_networks(
    networks: Sequence[NetworkAttachment], version: tuple[int, ...], speaks: str
) -> None:
    for network in networks[1:]:
        if network.mac_address and version < SEVERAL_NETWORKS:
            raise UsageError(
                f"--network {network.name}: its mac-address needs API 1.44",
                speaks,
                "give it to the first network, or use Engine 25 or newer",
            )
    if any(network.gateway_priority for network in networks) and version < (1, 48):
        raise UsageError(
            "gw-priority of a network needs API 1.48, which this engine does not have",
            speaks,
            "leave it out, or use Engine 28 or newer",
        )


def fit_version(body: dict[str, Json], version: tuple[int, ...]) -> None:
    """Change `body` in place, as moby `client.ContainerCreate` and docker/cli `createContainer`."""
    host = body["HostConfig"]
    if version >= (1, 42):
        # No engine of these versions has it, and newer ones warn.
        host.pop("KernelMemory", None)
    else:
        host["ConsoleSize"] = [0, 0]
    if version < (1, 44):
        _one_mac_address(body)


def _one_mac_address(body: dict[str, Json]) -> None:
    """Move the address of the first network to the container, where older engines look for it."""
    endpoints = body["NetworkingConfig"]["EndpointsConfig"]
    endpoint = endpoints.get(body["HostConfig"]["NetworkMode"], {})
    if address := endpoint.pop("MacAddress", None):
        body["MacAddress"] = address
