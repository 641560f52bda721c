"""A container's spec, written as the Engine API's own JSON for `POST /containers/create`.

Docker's defaults are sent too, as its CLI does, so that the container is the same in every field.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from dk.spec.api_versions import fit_version
from dk.spec.device import CdiDevice, Device, cdi_request
from dk.spec.environment import assignments, variable_names
from dk.spec.run_options import NOT_IN_SPEC, RUN_OPTIONS
from dk.spec.security import place_security_options

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


def create_request(
    spec: ContainerSpec,
    console_size: tuple[int, int] = (0, 0),
    api_version: tuple[int, ...] = (1, 51),
) -> dict[str, Json]:
    """Return the request's body for an engine that speaks this API version.

    `console_size` is (rows, columns) of an attached terminal.
    """
    body = deepcopy(_DEFAULTS)
    for option in RUN_OPTIONS:
        if option.api and option.field not in NOT_IN_SPEC:
            value = getattr(spec, option.field)
            if value is not None and value != ():
                _place(body, option.api, option.to_api(value))
    body["Image"] = spec.image
    body["Cmd"] = list(spec.command) or None
    body["Env"] = _environment(spec) or None
    body["Labels"] = dict(spec.label_map)
    body["HostConfig"]["ConsoleSize"] = list(console_size)
    _attach(body, spec)
    _ports(body, spec)
    _mounts(body, spec)
    _devices(body, spec)
    _health(body, spec)
    _networks(body, spec)
    place_security_options(body, spec.security_opt)
    fit_version(body, api_version)
    return body


def _place(body: dict[str, Json], path: str, value: Json) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        body = body[parent]
    body[last] = value


def _environment(spec: ContainerSpec) -> list[str]:
    """Return what was asked for, then what config.json adds where nothing was said by `-e`."""
    said = list(assignments(spec.environment))
    names = set(variable_names(spec.environment))
    added = [f"{name}={value.reveal()}" for name, value in spec.proxies if name not in names]
    return said + added


def _attach(body: dict[str, Json], spec: ContainerSpec) -> None:
    for stream in ("stdin", "stdout", "stderr"):
        body[f"Attach{stream.title()}"] = spec.attaches(stream)
    body["OpenStdin"] = bool(spec.interactive)
    body["StdinOnce"] = bool(spec.interactive) and spec.attaches("stdin")


def _ports(body: dict[str, Json], spec: ContainerSpec) -> None:
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in spec.ports:
        binding = {"HostIp": port.host_ip, "HostPort": port.host_port}
        bindings.setdefault(port.port_key, []).append(binding)
    body["HostConfig"]["PortBindings"] = bindings
    exposed: dict[str, dict[str, str]] = {
        key: {} for key in (*bindings, *(port.render() for port in spec.expose))
    }
    if exposed:
        body["ExposedPorts"] = exposed


def _mounts(body: dict[str, Json], spec: ContainerSpec) -> None:
    binds = [mount.render() for mount in spec.mounts if mount.source]
    # As docker: one that is said twice is one.
    body["HostConfig"]["Binds"] = list(dict.fromkeys(binds)) or None
    body["Volumes"] = {mount.target: {} for mount in spec.mounts if not mount.source}


def _devices(body: dict[str, Json], spec: ContainerSpec) -> None:
    """Write devices and GPUs; a CDI name is a request of its own kind, as docker/cli `parse`."""
    host = body["HostConfig"]
    host["Devices"] = [device.to_api() for device in spec.device if isinstance(device, Device)]
    requests = [request.to_api() for request in spec.gpus]
    if named := [device for device in spec.device if isinstance(device, CdiDevice)]:
        requests.append(cdi_request(named))
    host["DeviceRequests"] = requests or None


def _health(body: dict[str, Json], spec: ContainerSpec) -> None:
    check: dict[str, Json] = {
        "Test": ["CMD-SHELL", spec.health_cmd] if spec.health_cmd else None,
        "Interval": spec.health_interval,
        "Timeout": spec.health_timeout,
        "StartPeriod": spec.health_start_period,
        "StartInterval": spec.health_start_interval,
        "Retries": spec.health_retries,
    }
    if spec.no_healthcheck:
        body["Healthcheck"] = {"Test": ["NONE"]}
    elif settings := {name: value for name, value in check.items() if value}:
        body["Healthcheck"] = settings


def _networks(body: dict[str, Json], spec: ContainerSpec) -> None:
    """As docker/cli `parseNetworkOpts`: a single network without settings needs no endpoint."""
    attachments = spec.attachments
    if spec.network is not None:
        body["HostConfig"]["NetworkMode"] = spec.network
    body["HostConfig"]["Links"] = list(spec.link) or None
    endpoints = {attachment.name: attachment.to_api() for attachment in attachments}
    if len(attachments) == 1 and not any(endpoints[attachments[0].name].values()):
        endpoints = {}
    body["NetworkingConfig"]["EndpointsConfig"] = endpoints
