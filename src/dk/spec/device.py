"""Devices and the limits on them: `--device`, `--device-cgroup-rule`, `--device-read-bps`, …."""

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from dk.errors import UsageError
from dk.plan import Json
from dk.spec.go_syntax import UINT64, parse_int
from dk.spec.size import parse_size

ALL = "rwm"
EXAMPLE = "e.g. --device /dev/fuse, --device /dev/sda:/dev/xvda:r or --device vendor.com/class=name"
RULE_EXAMPLE = "e.g. --device-cgroup-rule 'c 42:* rmw'"


@dataclass(frozen=True, slots=True)
class Device:
    """A device of the host, seen at `container`; `permissions` are of r, w and m (mknod)."""

    host: str
    container: str
    permissions: str = ALL

    def to_api(self) -> dict[str, str]:
        """Return the item of `HostConfig.Devices`."""
        return {
            "PathOnHost": self.host,
            "PathInContainer": self.container,
            "CgroupPermissions": self.permissions,
        }

    def render(self) -> str:
        """Return docker's `--device` form, as short as it goes."""
        tidy = _clean(self.container) == self.container
        paths = (
            self.host if tidy and self.host == self.container else f"{self.host}:{self.container}"
        )
        # docker tidies the last path where no third part follows
        return paths if tidy and self.permissions == ALL else f"{paths}:{self.permissions}"


@dataclass(frozen=True, slots=True)
class CdiDevice:
    """A device that the engine finds by its name (Container Device Interface)."""

    name: str

    def render(self) -> str:
        """Return docker's `--device` form."""
        return self.name


def cdi_request(devices: Sequence[CdiDevice]) -> dict[str, Json]:
    """Return the one item of `HostConfig.DeviceRequests`, the last, that asks for all of these."""
    names = [device.name for device in devices]
    return {
        "Driver": "cdi",
        "Count": 0,
        "DeviceIDs": names,
        "Capabilities": None,
        "Options": None,
    }


def parse_device(text: str) -> Device | CdiDevice:
    """Return the device of one `--device` value, `HOST[:CONTAINER][:PERMISSIONS]` or a CDI name.

    As docker/cli `validateDevice` and `parseDevice` for a Linux engine, which tidy the paths
    (`/dev//x/`) in the forms with one path and the last path of two. A relative path on the host
    is refused here: the engine would look in its own working folder. Raises UsageError.
    """
    if _is_cdi_name(text):
        return CdiDevice(text)
    parts = text.split(":")
    if len(parts) > 3:
        raise UsageError(f"--device {text}: too many colons", fix=EXAMPLE)
    host = _absolute(parts[0], "on the host", text)
    if len(parts) == 1:
        return Device(_clean(host), _clean(host))
    if len(parts) == 2 and _are_permissions(parts[1]):
        return Device(_clean(host), _clean(host), parts[1])
    if len(parts) == 3 and not _are_permissions(parts[2]):
        raise UsageError(
            f"--device {text}: {parts[2] or 'an empty text'} are not permissions",
            "they are of r, w and m, each at most once",
            EXAMPLE,
        )
    container = _absolute(parts[1], "in the container", text)
    if len(parts) == 2:
        return Device(host, _clean(container))
    return Device(host, container, parts[2])


def _is_cdi_name(text: str) -> bool:
    """Tell whether the text is `vendor/class=name`, by the rules of the CDI specification.

    A vendor or class of one letter is none: docker 28.2 crashes on it.
    """
    import re

    word = "[A-Za-z][A-Za-z0-9_.-]*[A-Za-z0-9]"
    name = "[A-Za-z0-9](?:[A-Za-z0-9_.:-]*[A-Za-z0-9])?"
    return re.fullmatch(f"{word}/{word}={name}", text) is not None


def _absolute(path: str, where: str, text: str) -> str:
    if not path:
        raise UsageError(f"--device {text}: the path {where} is missing", fix=EXAMPLE)
    if not path.startswith("/"):
        raise UsageError(
            f"--device {text}: {path} is not an absolute path {where}",
            "nor is it a CDI name, vendor.com/class=name" if where == "on the host" else "",
            EXAMPLE,
        )
    return path


def _are_permissions(text: str) -> bool:
    return bool(text) and set(text) <= set(ALL) and len(set(text)) == len(text)


def _clean(path: str) -> str:
    """Return an absolute path as Go's `path.Clean` does."""
    return "/" + posixpath.normpath(path).lstrip("/")


def parse_device_cgroup_rule(text: str) -> str:
    """Return a rule as it is sent, `TYPE MAJOR:MINOR PERMISSIONS`.

    As docker/cli `validateDeviceCgroupRule`. Raises UsageError.
    """
    import re

    if not re.fullmatch(r"[acb] (?:[0-9]+|\*):(?:[0-9]+|\*) [rwm]{1,3}", text):
        raise UsageError(
            f"--device-cgroup-rule {text}: not of the form 'TYPE MAJOR:MINOR PERMISSIONS'",
            "the type is a, b or c, a number may be *, permissions are of r, w and m",
            RULE_EXAMPLE,
        )
    return text


@dataclass(frozen=True, slots=True)
class ThrottleDevice:
    """A device with its highest rate: bytes or operations a second, as the option says."""

    path: str
    rate: int

    def to_api(self) -> dict[str, str | int]:
        """Return the item of `HostConfig.BlkioDeviceReadBps` and its kin."""
        return {"Path": self.path, "Rate": self.rate}

    def render(self) -> str:
        """Return docker's form, bytes without a unit."""
        return f"{self.path}:{self.rate}"


@dataclass(frozen=True, slots=True)
class WeightDevice:
    """A device with its relative weight, 10 to 1000, or 0 for none of its own."""

    path: str
    weight: int

    def to_api(self) -> dict[str, str | int]:
        """Return the item of `HostConfig.BlkioWeightDevice`."""
        return {"Path": self.path, "Weight": self.weight}

    def render(self) -> str:
        """Return docker's `--blkio-weight-device` form."""
        return f"{self.path}:{self.weight}"


def parse_throttle_bps(text: str, option: str = "--device-read-bps") -> ThrottleDevice:
    """Return the limit of `/dev/PATH:SIZE`, SIZE in bytes a second with docker's units.

    As docker/cli `opts.ValidateThrottleBpsDevice`. Raises UsageError, naming `option`.
    """
    example = f"e.g. {option} /dev/sda:1mb"
    path, size = _path_and_value(text, option, example)
    try:
        return ThrottleDevice(path, parse_size(size))
    except UsageError as error:
        raise UsageError(f"{option} {text}: {error.what}", fix=example) from None


def parse_throttle_iops(text: str, option: str = "--device-read-iops") -> ThrottleDevice:
    """Return the limit of `/dev/PATH:NUMBER`, NUMBER in operations a second.

    As docker/cli `opts.ValidateThrottleIOpsDevice`. Raises UsageError, naming `option`.
    """
    example = f"e.g. {option} /dev/sda:1000"
    path, number = _path_and_value(text, option, example)
    rate = parse_int(number, UINT64)
    if rate is None:
        raise UsageError(
            f"{option} {text}: {number or 'an empty text'} is not a number of operations",
            "it takes no unit and no sign",
            example,
        )
    return ThrottleDevice(path, rate)


def parse_weight_device(text: str) -> WeightDevice:
    """Return the weight of `/dev/PATH:WEIGHT`.

    As docker/cli `opts.ValidateWeightDevice`. Raises UsageError.
    """
    option = "--blkio-weight-device"
    example = f"e.g. {option} /dev/sda:500"
    path, number = _path_and_value(text, option, example)
    weight = parse_int(number, range(1001))
    if weight is None or 0 < weight < 10:
        raise UsageError(
            f"{option} {text}: {number or 'an empty text'} is not a weight",
            "weights are 10 to 1000, or 0 for none",
            example,
        )
    return WeightDevice(path, weight)


def _path_and_value(text: str, option: str, example: str) -> tuple[str, str]:
    path, colon, value = text.partition(":")
    if not colon:
        raise UsageError(f"{option} {text}: the part behind the colon is missing", fix=example)
    if not path.startswith("/dev/"):
        raise UsageError(f"{option} {text}: {path or 'the path'} is not below /dev", fix=example)
    return path, value
