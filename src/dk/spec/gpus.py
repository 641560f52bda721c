"""GPUs: `--gpus all`, `--gpus 2` or `--gpus '"device=0,2",driver=…,capabilities=…,options=…'`."""

from dataclasses import dataclass

from dk.errors import UsageError
from dk.plan import Json
from dk.spec.go_syntax import INT64, parse_int, read_record, write_record

KEYS = ("count", "device", "driver", "capabilities", "options")
EXAMPLE = "e.g. --gpus all, --gpus 2 or --gpus '\"device=0,2\"'"


@dataclass(frozen=True, slots=True)
class DeviceRequest:
    """What is asked of a driver: `count` devices (-1 for all) or those of `device_ids`."""

    count: int = 0
    device_ids: tuple[str, ...] = ()
    driver: str = ""
    capabilities: tuple[str, ...] = ("gpu",)
    options: tuple[tuple[str, str], ...] = ()

    def to_api(self) -> dict[str, Json]:
        """Return the item of `HostConfig.DeviceRequests`."""
        return {
            "Driver": self.driver,
            "Count": self.count,
            "DeviceIDs": list(self.device_ids) or None,
            "Capabilities": [list(self.capabilities)],
            "Options": dict(self.options),
        }

    def render(self) -> str:
        """Return docker's `--gpus` form."""
        fields = []
        if self.device_ids:
            fields.append(f"device={','.join(self.device_ids)}")
        else:
            fields.append("all" if self.count == -1 else str(self.count))
        if self.driver:
            fields.append(f"driver={self.driver}")
        if asked := self.capabilities[:-1]:  # docker adds the last, gpu, itself
            fields.append(f"capabilities={','.join(asked)}")
        if self.options:
            pairs = write_record(f"{key}={value}" for key, value in self.options)
            fields.append(f"options={pairs}")
        return write_record(fields)


def parse_gpus(text: str) -> DeviceRequest:
    """Return the request of one `--gpus` value.

    As docker/cli `opts.GpuOpts`. A count beside devices is refused here, as the engine does, and
    so is a second count: both come of a list without its quotes (`device=0,2`). Raises UsageError.
    """
    said: dict[str, str] = {}
    for field in _record(text, text):
        key, equals, value = field.partition("=")
        if not equals:
            key, value = "count", field
        if key not in KEYS:
            raise UsageError(
                f"--gpus {text}: {key or 'an empty text'} is not one of its keys",
                fix=f"use one of {', '.join(KEYS)}",
            )
        if key == "count":
            _check_count(value, text)
        if key in said:
            raise _said_twice(key, text)
        said[key] = value
    if "count" in said and "device" in said:
        raise UsageError(
            f"--gpus {text}: {said['count']} asks for a count beside device={said['device']}",
            "a list of devices needs quotes of its own inside the shell's",
            "e.g. --gpus '\"device=0,2\"'",
        )
    return DeviceRequest(
        count=_count(said.get("count", "1")) if "device" not in said else 0,
        device_ids=tuple(said["device"].split(",")) if "device" in said else (),
        driver=said.get("driver", ""),
        capabilities=(*said["capabilities"].split(","), "gpu")
        if "capabilities" in said
        else ("gpu",),
        options=_options(said["options"], text) if "options" in said else (),
    )


def _record(part: str, text: str) -> tuple[str, ...]:
    try:
        return read_record(part)
    except ValueError as error:
        raise UsageError(f"--gpus {text}: {error}", fix=EXAMPLE) from None


def _check_count(value: str, text: str) -> None:
    if value != "all" and parse_int(value, INT64) is None:
        raise UsageError(
            f"--gpus {text}: {value or 'an empty text'} is not a number of GPUs, nor all",
            fix=EXAMPLE,
        )


def _count(value: str) -> int:
    return -1 if value == "all" else int(value)


def _said_twice(key: str, text: str) -> UsageError:
    return UsageError(
        f"--gpus {text}: {key} is said twice", "a list needs quotes of its own", EXAMPLE
    )


def _options(value: str, text: str) -> tuple[tuple[str, str], ...]:
    pairs = (field.partition("=") for field in _record(value, text))
    return tuple({key: value for key, _, value in pairs}.items())
