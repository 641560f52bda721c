"""`--device` and the limits on devices, as docker reads them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.device import (
    CdiDevice,
    Device,
    ThrottleDevice,
    WeightDevice,
    cdi_request,
    parse_device,
    parse_device_cgroup_rule,
    parse_throttle_bps,
    parse_throttle_iops,
    parse_weight_device,
)

# What --device says: host, container, permissions, and the text that says it shortest.
DEVICES = {
    "/dev/x": ("/dev/x", "/dev/x", "rwm", "/dev/x"),
    "/dev/x:r": ("/dev/x", "/dev/x", "r", "/dev/x:r"),
    "/dev/x:rwm": ("/dev/x", "/dev/x", "rwm", "/dev/x"),
    "/dev/x:mrw": ("/dev/x", "/dev/x", "mrw", "/dev/x:mrw"),
    "/dev/x:/dev/x": ("/dev/x", "/dev/x", "rwm", "/dev/x"),
    "/dev/x:/dev/y": ("/dev/x", "/dev/y", "rwm", "/dev/x:/dev/y"),
    "/dev/x:/dev/y:w": ("/dev/x", "/dev/y", "w", "/dev/x:/dev/y:w"),
    "//dev//x/../y/": ("/dev/y", "/dev/y", "rwm", "/dev/y"),
    "/dev//x:/dev//y/": ("/dev//x", "/dev/y", "rwm", "/dev//x:/dev/y"),
    "/dev//x:/dev//y:rwm": ("/dev//x", "/dev//y", "rwm", "/dev//x:/dev//y:rwm"),
    "/dev/*": ("/dev/*", "/dev/*", "rwm", "/dev/*"),
}

CDI = ("vendor.com/class=name", "nvidia.com/gpu=all", "nvidia.com/gpu=0:r", "a-b_c.d/e.f=9")

NO_DEVICES = {
    "": "the path on the host is missing",
    ":/dev/x": "the path on the host is missing",
    "dev/x": "dev/x is not an absolute path on the host",
    "dev/x:/dev/y": "dev/x is not an absolute path on the host",
    "nvidia.com/gpu": "nvidia.com/gpu is not an absolute path on the host",
    "a/class=name": "a/class=name is not an absolute path on the host",
    "vendor/class=-x": "vendor/class=-x is not an absolute path on the host",
    "/dev/x:": "the path in the container is missing",
    "/dev/x::r": "the path in the container is missing",
    "/dev/x:y": "y is not an absolute path in the container",
    "/dev/x:rr": "rr is not an absolute path in the container",
    "/dev/x:/dev/y:": "an empty text are not permissions",
    "/dev/x:/dev/y:rr": "rr are not permissions",
    "/dev/x:/dev/y:x": "x are not permissions",
    "/dev/x:/dev/y:r:w": "too many colons",
}

RULES = ("c 42:* rmw", "a *:* rwm", "b 1:2 r", "c 1:1 rr")
NO_RULES = ("", "c 42:*", "x 1:1 r", "c 1 r", "c  1:1 r", "c 1:1 rwmr", "c 1:1 r\n", "c ٣:1 r")


@pytest.mark.parametrize("text", DEVICES)
def test_a_device_means_what_docker_says(text: str) -> None:
    host, container, permissions, rendered = DEVICES[text]
    device = parse_device(text)
    assert device == Device(host, container, permissions)
    assert device.render() == rendered
    assert parse_device(rendered) == device


@pytest.mark.parametrize("name", CDI)
def test_a_cdi_name_is_no_path(name: str) -> None:
    assert parse_device(name) == CdiDevice(name)
    assert CdiDevice(name).render() == name


def test_cdi_names_are_asked_for_together() -> None:
    request = cdi_request([CdiDevice("v.com/c=1"), CdiDevice("v.com/c=2")])
    assert (request["Driver"], request["DeviceIDs"]) == ("cdi", ["v.com/c=1", "v.com/c=2"])


@pytest.mark.parametrize("text", NO_DEVICES)
def test_no_device_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_device(text)
    assert error.value.what == f"--device {text}: {NO_DEVICES[text]}"
    assert error.value.fix


@pytest.mark.parametrize("text", RULES)
def test_a_rule_is_sent_as_it_is(text: str) -> None:
    assert parse_device_cgroup_rule(text) == text


@pytest.mark.parametrize("text", NO_RULES)
def test_no_rule_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_device_cgroup_rule(text)
    assert error.value.what.startswith(f"--device-cgroup-rule {text}: ")
    assert error.value.fix


@pytest.mark.parametrize(
    ("text", "rate"),
    [("1mb", 1 << 20), ("1.5k", 1536), ("1 kib", 1024), ("0", 0), ("7", 7)],
)
def test_a_rate_of_bytes_takes_docker_units(text: str, rate: int) -> None:
    device = parse_throttle_bps(f"/dev/sda:{text}")
    assert device == ThrottleDevice("/dev/sda", rate)
    assert device.to_api() == {"Path": "/dev/sda", "Rate": rate}
    assert device.render() == f"/dev/sda:{rate}"


def test_a_rate_of_operations_is_a_plain_number() -> None:
    largest = 2**64 - 1
    assert parse_throttle_iops(f"/dev/sda:{largest}") == ThrottleDevice("/dev/sda", largest)


@pytest.mark.parametrize("weight", [0, 10, 1000])
def test_a_weight_is_zero_or_10_to_1000(weight: int) -> None:
    device = parse_weight_device(f"/dev/sda:{weight}")
    assert device == WeightDevice("/dev/sda", weight)
    assert device.to_api() == {"Path": "/dev/sda", "Weight": weight}
    assert device.render() == f"/dev/sda:{weight}"


@pytest.mark.parametrize(
    ("parse", "text", "problem"),
    [
        (parse_throttle_bps, "/dev/x", "the part behind the colon is missing"),
        (parse_throttle_bps, ":1", "the path is not below /dev"),
        (parse_throttle_bps, "/srv:1", "/srv is not below /dev"),
        (parse_throttle_bps, "/dev/x:-1", "'-1' is not a size"),
        (parse_throttle_bps, "/dev/x:1:2", "'1:2' is not a size"),
        (parse_throttle_iops, "/dev/x:", "an empty text is not a number of operations"),
        (parse_throttle_iops, "/dev/x:1k", "1k is not a number of operations"),
        (parse_throttle_iops, "/dev/x:+1", "+1 is not a number of operations"),
        (parse_throttle_iops, f"/dev/x:{2**64}", f"{2**64} is not a number of operations"),
        (parse_weight_device, "/dev/x:9", "9 is not a weight"),
        (parse_weight_device, "/dev/x:1001", "1001 is not a weight"),
    ],
)
def test_a_bad_limit_is_refused_by_its_text(
    parse: Callable[[str], object], text: str, problem: str
) -> None:
    with pytest.raises(UsageError) as error:
        parse(text)
    assert error.value.what.endswith(f" {text}: {problem}")
    assert error.value.fix


def test_a_bad_rate_names_the_option_that_said_it() -> None:
    with pytest.raises(UsageError, match=r"^--device-write-bps x:1: "):
        parse_throttle_bps("x:1", "--device-write-bps")
    with pytest.raises(UsageError, match=r"^--device-write-iops x:1: "):
        parse_throttle_iops("x:1", option="--device-write-iops")


@given(st.one_of(st.text(), st.text("/:.drwmvx=*-1")))
def test_any_text_gives_a_usage_error_or_a_device_that_renders_to_itself(text: str) -> None:
    try:
        device = parse_device(text)
    except UsageError:
        return
    assert parse_device(device.render()) == device


@given(st.one_of(st.text(), st.text("0123456789.kmgib +e")))
@pytest.mark.parametrize("parse", [parse_throttle_bps, parse_throttle_iops, parse_weight_device])
def test_any_text_gives_a_usage_error_or_a_limit_that_renders_to_itself(
    parse: Callable[[str], ThrottleDevice | WeightDevice], text: str
) -> None:
    try:
        device = parse(f"/dev/x:{text}")
    except UsageError:
        return
    assert parse(device.render()) == device
