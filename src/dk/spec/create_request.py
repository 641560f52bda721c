"""A container's spec, written as the Engine API's own JSON for `POST /containers/create`.

Docker's defaults are sent too, as its CLI does, so that the container is the same in every field.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from dk.spec.environment import assignments
from dk.spec.run_options import NOT_IN_SPEC, RUN_OPTIONS

if TYPE_CHECKING:
    from dk.plan import Json
    from dk.spec.container import ContainerSpec

_DEFAULTS: dict[str, Any] = {
    "Hostname": "",
    "Domainname": "",
    "User": "",
    "AttachStdin": False,
    "AttachStdout": False,
    "AttachStderr": False,
    "Tty": False,
    "OpenStdin": False,
    "StdinOnce": False,
    "Env": None,
    "Cmd": None,
    "Image": "",
    "Volumes": {},
    "WorkingDir": "",
    "Entrypoint": None,
    "OnBuild": None,
    "Labels": {},
    "HostConfig": {
        "Binds": None,
        "ContainerIDFile": "",
        "LogConfig": {"Type": "", "Config": {}},
        "NetworkMode": "default",
        "PortBindings": {},
        "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
        "AutoRemove": False,
        "VolumeDriver": "",
        "VolumesFrom": None,
        "ConsoleSize": [0, 0],
        "CapAdd": None,
        "CapDrop": None,
        "CgroupnsMode": "",
        "Dns": [],
        "DnsOptions": [],
        "DnsSearch": [],
        "ExtraHosts": None,
        "GroupAdd": None,
        "IpcMode": "",
        "Cgroup": "",
        "Links": None,
        "OomScoreAdj": 0,
        "PidMode": "",
        "Privileged": False,
        "PublishAllPorts": False,
        "ReadonlyRootfs": False,
        "SecurityOpt": None,
        "UTSMode": "",
        "UsernsMode": "",
        "ShmSize": 0,
        "Isolation": "",
        "CpuShares": 0,
        "Memory": 0,
        "NanoCpus": 0,
        "CgroupParent": "",
        "BlkioWeight": 0,
        "BlkioWeightDevice": [],
        "BlkioDeviceReadBps": [],
        "BlkioDeviceWriteBps": [],
        "BlkioDeviceReadIOps": [],
        "BlkioDeviceWriteIOps": [],
        "CpuPeriod": 0,
        "CpuQuota": 0,
        "CpuRealtimePeriod": 0,
        "CpuRealtimeRuntime": 0,
        "CpusetCpus": "",
        "CpusetMems": "",
        "Devices": [],
        "DeviceCgroupRules": None,
        "DeviceRequests": None,
        "MemoryReservation": 0,
        "MemorySwap": 0,
        "MemorySwappiness": -1,
        "OomKillDisable": False,
        "PidsLimit": 0,
        "Ulimits": [],
        "CpuCount": 0,
        "CpuPercent": 0,
        "IOMaximumIOps": 0,
        "IOMaximumBandwidth": 0,
        "MaskedPaths": None,
        "ReadonlyPaths": None,
    },
    "NetworkingConfig": {"EndpointsConfig": {}},
}


def create_request(spec: ContainerSpec, console_size: tuple[int, int] = (0, 0)) -> dict[str, Json]:
    """Return the request's body; `console_size` is (rows, columns) of an attached terminal."""
    body = deepcopy(_DEFAULTS)
    for option in RUN_OPTIONS:
        if option.api and option.field not in NOT_IN_SPEC:
            value = getattr(spec, option.field)
            if value is not None:
                _place(body, option.api, option.to_api(value))
    body["Image"] = spec.image
    body["Cmd"] = list(spec.command) or None
    body["Env"] = list(assignments(spec.environment)) or None
    body["Labels"] = dict(spec.labels)
    body["HostConfig"]["ConsoleSize"] = list(console_size)
    _attach(body, spec)
    _ports(body, spec)
    _mounts(body, spec)
    _network(body, spec)
    return body


def _place(body: dict[str, Json], path: str, value: Json) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        body = body[parent]
    body[last] = value


def _attach(body: dict[str, Json], spec: ContainerSpec) -> None:
    body["AttachStdout"] = body["AttachStderr"] = spec.attached
    body["OpenStdin"] = bool(spec.interactive)
    body["AttachStdin"] = body["StdinOnce"] = bool(spec.interactive) and spec.attached


def _ports(body: dict[str, Json], spec: ContainerSpec) -> None:
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in spec.ports:
        binding = {"HostIp": port.host_ip, "HostPort": port.host_port}
        bindings.setdefault(port.port_key, []).append(binding)
    body["HostConfig"]["PortBindings"] = bindings
    if bindings:
        body["ExposedPorts"] = {key: {} for key in bindings}


def _mounts(body: dict[str, Json], spec: ContainerSpec) -> None:
    binds = [mount.render() for mount in spec.mounts if mount.source]
    # As docker: one that is said twice is one.
    body["HostConfig"]["Binds"] = list(dict.fromkeys(binds)) or None
    body["Volumes"] = {mount.target: {} for mount in spec.mounts if not mount.source}


def _network(body: dict[str, Json], spec: ContainerSpec) -> None:
    if spec.network is None:
        return
    body["HostConfig"]["NetworkMode"] = spec.network
    if spec.user_network is not None:
        endpoint = {"Aliases": list(spec.network_aliases) or None}
        body["NetworkingConfig"]["EndpointsConfig"] = {spec.user_network: endpoint}
