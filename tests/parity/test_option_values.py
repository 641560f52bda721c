"""The values of docker's larger options: what its CLI sends of them is what dk would send.

Each value goes through the CLI by itself; what dk renders of it goes through once more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from dk.errors import UsageError
from dk.spec.device import (
    Device,
    cdi_request,
    parse_device,
    parse_device_cgroup_rule,
    parse_throttle_bps,
    parse_throttle_iops,
    parse_weight_device,
)
from dk.spec.gpus import parse_gpus
from dk.spec.mount_parser import parse_mount
from dk.spec.network_attachment import NetworkAttachment, parse_link, parse_network
from dk.spec.networks import attachments
from dk.spec.ulimit import parse_ulimit

from .sides import Answer, Call, Workplace, ask, major_version

MAC = "92:d0:c6:0a:29:33"


@dataclass(frozen=True)
class Value:
    """One option with one value."""

    option: str
    text: str

    def __str__(self) -> str:
        return f"{self.option} {self.text}"

    @property
    def since(self) -> int:
        """The first version of docker's CLI that reads it so."""
        if any(word in self.text for word in ("image-subpath", "mac-address", "gw-priority")):
            return 28
        if any(word in self.text for word in ("bind-recursive", "volume-subpath", "link-local")):
            return 28
        if any(word in self.text for word in ("src=.", "source=.")):
            return 28  # before, a relative path was sent as it is, or only ./ was known
        if self.option == "--device" and "=" in self.text:
            return 28  # before, there were no CDI names
        if any(word in self.text for word in ("driver-opt==", "driver-opt= =")):
            return 28  # before, a driver's option could be without a name
        return 0


SENT = {
    "--mount": (
        "dst=/b", "target=/b", "destination=/b", "src=vol,dst=/b", "source=vol,target=/b,readonly",
        "type=volume,src=vol,dst=/b,ro", "TYPE=Volume,Src=vol,DST=/b,RO=T", "src=vol,dst=/b,ro=0",
        "src=one,src=two,dst=/a,dst=/b,ro,ro=false", "dst=/b c ,src=vol", "dst=/b=c,src=vol",
        "type=bind,src=/a,dst=/b", "type=bind,src=.,dst=/b", "type=bind,src=./data,dst=/b",
        "type=bind,src=./,dst=/b", "type=bind,src=.//data/../x/,dst=/b", "type=bind,src=..,dst=/b",
        "type=bind,src=../x,dst=/b", "type=bind,src=.x,dst=/b", "type=bind,src=...,dst=/b",
        "type=bind,src=/a/../b/,dst=/b/", 'type=bind,"src=/a,b",dst=/b',
        '"type=bind","src=/a",dst=/b',
        'type=bind,"src=/a""b",dst=/b', 'type=bind,"src=/a\nb",dst=/b', "type=bind,src=/ü,dst=/☃",
        "type=bind,src=/a,dst=/b,consistency=Cached", "dst=/b,consistency=",
        "type=bind,src=/a,dst=/b,bind-propagation=RSlave",
        "type=bind,src=/a,dst=/b,bind-propagation=",
        "type=bind,src=/a,dst=/b,bind-nonrecursive", "type=bind,src=/a,dst=/b,bind-nonrecursive=f",
        "type=bind,src=/a,dst=/b,bind-recursive=enabled",
        "type=bind,src=/a,dst=/b,bind-recursive=disabled",
        "type=bind,src=/a,dst=/b,bind-recursive=disabled,bind-nonrecursive=0",
        "type=bind,src=/a,dst=/b,bind-recursive=writable,ro",
        "type=bind,src=/a,dst=/b,bind-recursive=readonly,ro,bind-propagation=rprivate",
        "dst=/b,volume-nocopy", "dst=/b,volume-nocopy=False", "dst=/b,volume-driver=",
        "dst=/b,volume-label=a", "dst=/b,volume-label=a=1,volume-label=b=2=3,volume-label=a=4",
        "dst=/b,volume-label= a = b ", "dst=/b,volume-opt=a", "src=vol,dst=/b,volume-subpath=x/y",
        'src=vol,dst=/b,volume-driver=local,volume-opt=type=nfs,"volume-opt=o=addr=10.0.0.1,rw"',
        "src=a/b,dst=/b,volume-driver=plugin", "dst=/b,volume-subpath=",
        "type=tmpfs,dst=/b", "type=tmpfs,dst=/b,ro", "type=tmpfs,dst=/b,tmpfs-size=1m",
        "type=tmpfs,dst=/b,tmpfs-size=1.5 GiB", "type=tmpfs,dst=/b,tmpfs-size=0",
        "type=tmpfs,dst=/b,tmpfs-mode=1777", "type=tmpfs,dst=/b,tmpfs-mode=0",
        "type=tmpfs,dst=/b,tmpfs-mode=37777777777,tmpfs-size=7",
        "type=image,src=alpine,dst=/b", "type=image,src=alpine:3,dst=/b,image-subpath=etc",
        "type=image,src=alpine,dst=/b,image-subpath=", "type=npipe,src=x,dst=y",
        "type=cluster,src=x,dst=/b",
    ),
    "--network": (
        "web", "Web", " web ", "a,b", "bridge", "host", "none", "default", "nat", "container:db",
        "container", "name=web", "NAME=Web", "name=host", "name=container:db", "name=web,name=two",
        "name=Web,alias=DB,alias=b", '"name=web",alias=a', " name=web, alias = b ",
        "name=web,alias=",
        "name=web,alias=ä", "name=x1,name=é,alias=é", "name=x1,name=:,gw-priority=-1",
        "name=web,ip=10.0.0.5",
        "name=web,ip= 10.0.0.5 ",
        "name=web,ip=", "name=web,ip=1.1.1.1,ip=2.2.2.2", "name=web,ip=::ffff:10.0.0.5",
        "name=web,ip6=2001:DB8::1", "name=web,ip=10.0.0.5,ip6=2001:db8::1,alias=a",
        "name=web,link-local-ip=169.254.1.1,link-local-ip=FE80::1", f"name=web,mac-address={MAC}",
        "name=web,mac-address=92-D0-C6-0A-29-33", "name=web,mac-address=92d0.c60a.2933",
        "name=web,mac-address=02:00:5e:10:00:00:00:01", "name=web,mac-address=",
        f"name=bridge,mac-address={MAC}",
        "name=web,driver-opt=a=B", "name=web,driver-opt=A.B=c=D,driver-opt=e=",
        "name=web,driver-opt=  a =  b ,driver-opt=a=c", 'name=web,"driver-opt=a=b,c"',
        'name=web,"driver-opt=a=say ""b"""', "name=web,gw-priority=5", "name=web,gw-priority=-5",
        "name=web,gw-priority=+5", "name=web,gw-priority=0",
        "name=web,gw-priority=9223372036854775807",
    ),
    "--gpus": (
        "all", "0", "2", "+2", "-1", "-2", "count=2", "count=all", "device=0", '"device=0,2"',
        "device=", "device=GPU-3a23c669-1f69-c64e", "driver=nvidia", "driver=", "all,driver=nvidia",
        "all,capabilities=utility", '"capabilities=utility,compute",2', "all,capabilities=",
        "all,capabilities=gpu", "all,options=a=b", "all,options=a", "all,options==x",
        'all,"options=a=b=c,d"', 'all,"options=""a=b,c"",d=e"', 'all,"options=a=1,a=2"',
        '"device=0,2",driver=nvidia,"capabilities=utility,compute","options=a=b,c=d"',
        "9223372036854775807",
    ),
    "--device": (
        "/dev/x", "/dev/x:r", "/dev/x:rwm", "/dev/x:mrw", "/dev/x:/dev/x", "/dev/x:/dev/y",
        "/dev/x:/dev/y:w", "/dev/x:/dev/y:rwm", "/dev//x/", "/dev//x:r", "/dev//x:/dev//y/",
        "/dev//x:/dev//y/:rwm", "/dev//x:/dev//x:r", "/dev/../x", "/dev/x:/..", "//dev/x", "/",
        "vendor.com/class=name", "nvidia.com/gpu=all", "nvidia.com/gpu=0:r", "ab/cd.e=9",
        "a-b_c.d/c-d_e=x_y.z:1-2",
    ),
    "--device-cgroup-rule": ("c 42:* rmw", "a *:* rwm", "b 1:2 r", "c 1:1 rr", "c 99999999999:1 r"),
    "--device-read-bps": (
        "/dev/x:1mb", "/dev/x:1", "/dev/x:0", "/dev/x:1.5k", "/dev/x:1 kib", "/dev/:1",
        "/dev/x:9223372036854774784", "/dev/x:9007199254740993",
    ),
    "--device-write-bps": ("/dev/x:2g",),
    "--device-read-iops": ("/dev/x:100", "/dev/x:0", "/dev/x:007", "/dev/x:18446744073709551615"),
    "--device-write-iops": ("/dev/x:1",),
    "--blkio-weight-device": ("/dev/x:0", "/dev/x:10", "/dev/x:1000", "/dev/x:00100"),
    "--ulimit": (
        "nofile=1024", "nofile=1024:2048", "nofile=5:5", "nofile=-1", "nofile=-1:-1",
        "nofile=10:-1",
        "nofile=-2", "nofile=-3:-2", "nofile=+5:007", "core=0", "nofile=9223372036854775807",
        *(f"{name}=1" for name in ("cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice")),
        *(f"{name}=1" for name in ("nproc", "rss", "rtprio", "rttime", "sigpending", "stack")),
    ),
}  # fmt: skip
"""What both take."""

REFUSED = {
    "--mount": (
        "", "src=vol", "src=vol,dst=", "dst", "dst=/b,", ",dst=/b", "dst=/b,  ", "dst=/b,foo",
        "dst=/b,foo=bar", "src=vol, dst=/b", "dst=/b,volume-opt", "dst=/b,bind-create-src=true",
        'dst="/b"', '"dst=/b', 'dst=/b,"ro"x', 'dst=/b,""', "\n", "dst=/b,ro=maybe", "dst=/b,ro=",
        "dst=/b,ro=maybe,ro", "dst=/b,volume-nocopy=x", "type=,dst=/b", "dst=/b,tmpfs-size=1m",
        "dst=/b,bind-propagation=rslave", "dst=/b,image-subpath=x", "dst=/b,bind-nonrecursive",
        "type=bind,src=/a,dst=/b,volume-nocopy", "type=bind,src=/a,dst=/b,volume-label=a=b",
        "type=tmpfs,dst=/b,volume-driver=", "type=tmpfs,dst=/b,tmpfs-size=-1",
        "type=tmpfs,dst=/b,tmpfs-size=", "type=tmpfs,dst=/b,tmpfs-size=x,tmpfs-size=1",
        "type=tmpfs,dst=/b,tmpfs-size=1.2.3", "type=tmpfs,dst=/b,tmpfs-mode=888",
        "type=tmpfs,dst=/b,tmpfs-mode=", "type=tmpfs,dst=/b,tmpfs-mode=+7",
        "type=tmpfs,dst=/b,tmpfs-mode=0o7", "type=tmpfs,dst=/b,tmpfs-mode=40000000000",
        "type=bind,src=/a,dst=/b,bind-recursive=Readonly",
        "type=bind,src=/a,dst=/b,bind-recursive=",
        "type=bind,src=/a,dst=/b,bind-recursive", "type=bind,src=/a,dst=/b,bind-recursive=writable",
        "type=bind,src=/a,dst=/b,bind-recursive=readonly,ro",
        "type=bind,src=/a,dst=/b,bind-recursive=readonly,bind-propagation=rprivate",
    ),
    "--network": (
        "", " ", "alias=db", "name=,alias=db", "name=web,name=", "name=web,", "web,alias=db",
        "web=x",
        "name=web,foo=bar", "name=web,link=db", "name=web,foo", 'name=w"eb', 'name=web,"alias=b"x',
        "name=web,driver-opt=a", "name=web,driver-opt==a", "name=web,driver-opt= =a",
        "name=web,gw-priority=", "name=web,gw-priority=x", "name=web,gw-priority=x,gw-priority=1",
        "name=web,gw-priority=9223372036854775808", "name=web,mac-address=x",
        "name=web,mac-address=92:d0:c6:0a:29", "name=web,mac-address=92:d0:c6:0a-29-33",
        "name=web,mac-address=92d0c60a2933", "name=host,alias=a", "container:a=b",
    ),
    "--gpus": (
        "", "x", "ALL", " all", "all,", "count=", "1_0", "0x10", "9223372036854775808", "foo=bar",
        "Driver=nvidia", "all,all", "all,count=2", "device=0,device=1", "1,driver=a,driver=b",
        "all,options=", 'all,"options="', 'all,"device=0',
    ),
    "--device": (
        "", ":/dev/y", "dev/x", "dev/x:r", "/dev/x:", "/dev/x::r", "/dev/x:y", "/dev/x:rr",
        "/dev/x:/dev/y:", "/dev/x:/dev/y:rr", "/dev/x:/dev/y:r:w", "nvidia.com/gpu",
        "nvidia.com/gpu=", "ab/cd=e f", "1b/cd=e", "ab./cd=e", "ab/cd/x=e", "ab/cd=e=f", "ab/cd=-e",
        "ab/cd=e-", "ab/cd=.", "ab/cd=é", "a/cd=e", "ab/c=e",
    ),
    "--device-cgroup-rule": (
        "", "c 42:*", "x 1:1 r", "c 1 r", " c 1:1 r", "c  1:1 r", "c 1:1 ", "c 1:1 rwmr", "c ٣:1 r",
    ),
    "--device-read-bps": (
        "", "/dev/x", "/dev/x:", ":1", "/srv:1", "/dev/x:-1", "/dev/x:1:2", "/dev/x:1x", "/dev/x:٣",
        "/dev/x:99999999999999999999",
    ),
    "--device-read-iops": (
        "/dev/x", "/dev/x:", "x:1", "/dev/x:+1", "/dev/x:-1", "/dev/x:1k",
        "/dev/x:18446744073709551616",
    ),
    "--blkio-weight-device": ("/dev/x", "/dev/x:9", "/dev/x:1001", "/dev/x:x", "x:10"),
    "--ulimit": (
        "", "nofile", "=1", "as=1", "foo=1", "NOFILE=1", " nofile=1", "nofile=", "nofile=1:",
        "nofile=:1", "nofile=1:2:3", "nofile=1=2", "nofile=1k", "nofile=unlimited", "nofile=2:1",
        "nofile=-1:10", "nofile=5:-2", "nofile=9223372036854775808",
    ),
    "--link": ("", "a:b:c"),
}  # fmt: skip
"""What neither takes."""

STRICTER = {
    "--mount": {
        "dst=b": "the engine: a target that is not absolute",
        "dst=/.": "the engine: / as a target",
        "type=bind,dst=/b": "the engine: a bind without a source",
        "type=bind,src=x,dst=/b": "the engine: a source that is not absolute",
        "type=bind,src=~/x,dst=/b": "the engine: ~ is the shell's, and stays unread here",
        "type=bind,src=/a,dst=/b,bind-propagation=up": "the engine: no such propagation",
        "type=tmpfs,src=x,dst=/b": "the engine: a tmpfs with a source",
        "type=image,dst=/b": "the engine: an image without a name",
        "type=foo,dst=/b": "the engine: no such type",
        "type=volume ,dst=/b": "the engine: no such type",
        "src=v,dst=/b": "the engine: a volume's name of one letter",
        "src=/vol,dst=/b": "the engine: a volume's name with a slash",
        "dst=/b,ro": "the engine: read-only, and no name",
        "dst=/b,volume-subpath=x": "the engine: a subpath, and no name",
        "src=vol,dst=/b,volume-subpath=../x": "the engine: a subpath that leads out",
        "type=bind,src=/a,dst=/b,ro,bind-recursive=writable,bind-recursive=disabled": "two at once",
        "type=tmpfs,dst=/b,tmpfs-size=99999999999999999999": "docker sends a negative size",
        "dst=/b,volume-label==a": "docker drops a label without a name",
        "dst=/b,bind-recursive=enabled": "docker drops what is of another type",
        "dst=/b\nro": "docker stops to read at a line break",
        "dst=/b\r": "docker drops a carriage return",
    },
    "--network": {
        "name=": "docker looks for a network of this name",
        "name = web": "docker looks for a network of this name",
        "name=web,ip=foo": "the engine: no address",
        "name=web,ip=::1": "the engine: an IPv6 address as IPv4",
        "name=web,ip6=10.0.0.1": "the engine: an IPv4 address as IPv6",
        "name=web,ip6=fe80::1%eth0": "the engine: an address with a zone",
        "name=web,link-local-ip=10.0.0.1": "the engine: not link-local",
        "name=web,link-local-ip=": "the engine: no address",
        "name=bridge,ip=10.0.0.5": "the engine, at the start: no address of one's own there",
        f"name=host,mac-address={MAC}": "the engine: no interface of its own",
        "name=web,alias=a\nip=1.1.1.1": "docker stops to read at a line break",
    },
    "--gpus": {
        "device=0,2": "the engine: a count beside devices",
        "device=1,0": "a list that lost its quotes: docker takes the first alone",
        "count=2,all": "two counts",
        "1,2": "a list that lost its quotes: docker takes the second number",
        "all\n": "docker stops to read at a line break",
    },
    "--device": {"dev/x:/dev/y": "the engine: a path that is not absolute"},
}
"""What docker's CLI lets through and dk refuses, and why."""


def flatten(table: Mapping[str, Any]) -> list[Value]:
    return [Value(option, text) for option, texts in table.items() for text in texts]


def read_attached(text: str) -> NetworkAttachment:
    return attachments([parse_network(text)])[0]


def reader(option: str, workplace: Workplace) -> Callable[[str], Any]:
    return {
        "--mount": lambda text: parse_mount(text, cwd=str(workplace.folder)),
        "--network": read_attached,
        "--gpus": parse_gpus,
        "--device": parse_device,
        "--device-cgroup-rule": parse_device_cgroup_rule,
        "--device-read-bps": parse_throttle_bps,
        "--device-write-bps": parse_throttle_bps,
        "--device-read-iops": parse_throttle_iops,
        "--device-write-iops": parse_throttle_iops,
        "--blkio-weight-device": parse_weight_device,
        "--ulimit": parse_ulimit,
        "--link": parse_link,
    }[option]


LISTS = {
    "--mount": "Mounts",
    "--gpus": "DeviceRequests",
    "--device-cgroup-rule": "DeviceCgroupRules",
    "--device-read-bps": "BlkioDeviceReadBps",
    "--device-write-bps": "BlkioDeviceWriteBps",
    "--device-read-iops": "BlkioDeviceReadIOps",
    "--device-write-iops": "BlkioDeviceWriteIOps",
    "--blkio-weight-device": "BlkioWeightDevice",
    "--ulimit": "Ulimits",
}


def dockers(option: str, body: Mapping[str, Any]) -> Any:
    """Return what a body says of the option."""
    host = body["HostConfig"]
    if option == "--device":
        return host["Devices"], host["DeviceRequests"]
    if option != "--network":
        return host[LISTS[option]]
    endpoints = body["NetworkingConfig"]["EndpointsConfig"]
    settings = endpoints.get(host["NetworkMode"]) or {}  # docker sends all, most of them empty
    return host["NetworkMode"], {key: value for key, value in settings.items() if value}


def ours(option: str, item: Any) -> Any:
    """Return what dk would send of the parsed value."""
    if option == "--network":
        return item.name, item.to_api()
    if option == "--device":
        is_path = isinstance(item, Device)
        return ([item.to_api()], None) if is_path else ([], [cdi_request([item])])
    return [item if isinstance(item, str) else item.to_api()]


Answers = Mapping[Value, Answer]


def asked(values: list[Value], docker: str, workplace: Workplace) -> Answers:
    calls = [
        Call([docker, "run", "-d", value.option, value.text, "busybox"], {}) for value in values
    ]
    return dict(zip(values, ask(calls, workplace), strict=True))


@pytest.fixture(scope="module")
def recorded(docker_cli: str, workplace: Workplace) -> Answers:
    """What the CLI makes of every value that it knows."""
    version = major_version(docker_cli)
    values = flatten(SENT) + flatten(REFUSED) + flatten(STRICTER)
    return asked([value for value in values if value.since <= version], docker_cli, workplace)


@pytest.mark.parametrize("value", flatten(SENT), ids=str)
def test_dk_sends_what_docker_sends(value: Value, recorded: Answers, workplace: Workplace) -> None:
    if value not in recorded:
        pytest.skip("this docker CLI is too old for it")
    creation = recorded[value].creation
    assert creation is not None, recorded[value].stderr
    item = reader(value.option, workplace)(value.text)
    assert ours(value.option, item) == dockers(value.option, creation.body)


def test_what_dk_renders_is_the_same_to_docker(
    recorded: Answers, docker_cli: str, workplace: Workplace
) -> None:
    values = [value for value in flatten(SENT) if value in recorded]
    items = [reader(value.option, workplace)(value.text) for value in values]
    texts = [item if isinstance(item, str) else item.render() for item in items]
    rendered = [Value(value.option, text) for value, text in zip(values, texts, strict=True)]
    version = major_version(docker_cli)
    again = asked([value for value in rendered if value.since <= version], docker_cli, workplace)
    for value, written in zip(values, rendered, strict=True):
        if written in again:
            there, here = recorded[value].creation, again[written].creation
            assert there is not None
            assert here is not None, (written, again[written].stderr)
            assert dockers(value.option, here.body) == dockers(value.option, there.body), written


@pytest.mark.parametrize("value", flatten(REFUSED), ids=str)
def test_what_docker_refuses_dk_refuses(
    value: Value, recorded: Answers, workplace: Workplace
) -> None:
    if value in recorded:
        assert recorded[value].creation is None
    with pytest.raises(UsageError):
        reader(value.option, workplace)(value.text)


@pytest.mark.parametrize("value", flatten(STRICTER), ids=str)
def test_what_dk_refuses_beyond_docker_is_this_and_no_more(
    value: Value, recorded: Answers, workplace: Workplace
) -> None:
    if value in recorded:
        assert recorded[value].creation is not None, recorded[value].stderr
    with pytest.raises(UsageError):
        reader(value.option, workplace)(value.text)


Said = tuple[tuple[str, ...], dict[str, Any]]
"""Values of --network, and what the single options say beside them."""

TOGETHER: tuple[Said, ...] = (
    ((), {}),
    (("web",), {}),
    (("web", "two"), {}),
    (("name=web,alias=a", "name=two,ip=10.1.0.5"), {}),
    (("web", "Web"), {}),
    (("web",), {"aliases": ("x", "X")}),
    (("web",), {"aliases": ("",)}),
    (("Web",), {"aliases": ("x",)}),
    (("web", "two"), {"aliases": ("x",), "ip": "10.0.0.5"}),
    (("web", "name=two,ip=10.1.0.5"), {"ip": "10.0.0.5"}),
    (("web",), {"ip": "10.0.0.5", "ip6": "2001:DB8::1", "link_local_ips": ("169.254.1.1",)}),
    (("name=web,driver-opt=a=b,ip6=::1",), {"ip": "10.0.0.5", "aliases": ("x",)}),
    (("web",), {"links": ("db:d", "e")}),
    (("web", "two"), {"links": ("db",)}),
    (("nat",), {"links": ("db",)}),
    ((), {"links": ("db", "db")}),
    (("bridge",), {"links": ("db",)}),
    (("host",), {"links": ("db",)}),
    (("container:db",), {"links": ("db",)}),
    ((), {"mac_address": MAC}),
    (("web",), {"mac_address": MAC.upper()}),
    (("bridge",), {"mac_address": MAC}),
    (("web", f"name=two,mac-address={MAC}"), {"mac_address": MAC.replace("3", "4")}),
)

APART: tuple[Said, ...] = (
    (("web", "web"), {}),
    (("name=web", "name=WEB,alias=a"), {}),
    (("web", "bridge"), {}),
    (("host", "web"), {}),
    ((), {"aliases": ("x",)}),
    (("bridge",), {"aliases": ("x",)}),
    (("container:db",), {"aliases": ("",)}),
    (("name=web,alias=a",), {"aliases": ("b",)}),
    (("name=web,ip=10.0.0.5",), {"ip": "10.0.0.6"}),
    (("name=web,ip6=::1",), {"ip6": "::2"}),
    (("name=web,link-local-ip=169.254.1.1",), {"link_local_ips": ("169.254.1.2",)}),
    ((f"name=web,mac-address={MAC}",), {"mac_address": MAC}),
    (("web",), {"mac_address": "x"}),
)

FLAGS = {
    "aliases": "--network-alias",
    "links": "--link",
    "ip": "--ip",
    "ip6": "--ip6",
    "link_local_ips": "--link-local-ip",
    "mac_address": "--mac-address",
}


def words(texts: tuple[str, ...], single: Mapping[str, Any]) -> list[str]:
    said = [("--network", text) for text in texts]
    for name, value in single.items():
        values = (value,) if isinstance(value, str) else value
        said += [(FLAGS[name], item) for item in values]
    return [word for pair in said for word in pair]


@pytest.fixture(scope="module")
def beside(docker_cli: str, workplace: Workplace) -> list[Answer]:
    """What the CLI makes of networks and single options together."""
    if major_version(docker_cli) < 28:
        pytest.skip("before, --mac-address was of no network, and links of a built-in one refused")
    lines = [words(*case) for case in (*TOGETHER, *APART)]
    return ask([Call([docker_cli, "run", "-d", *w, "busybox"], {}) for w in lines], workplace)


@pytest.mark.parametrize(
    "number", range(len(TOGETHER)), ids=lambda n: " ".join(words(*TOGETHER[n]))
)
def test_single_options_go_where_docker_has_them_go(number: int, beside: list[Answer]) -> None:
    texts, single = TOGETHER[number]
    found = attachments([parse_network(text) for text in texts], **single)
    creation = beside[number].creation
    assert creation is not None, beside[number].stderr
    assert creation.body["HostConfig"]["NetworkMode"] == found[0].name
    sent = {
        name: {key: value for key, value in settings.items() if value}
        for name, settings in creation.body["NetworkingConfig"]["EndpointsConfig"].items()
    }
    if len(found) == 1:  # docker may leave it out when nothing is set
        sent.setdefault(found[0].name, {})
    assert sent == {network.name: network.to_api() for network in found}


@pytest.mark.parametrize("number", range(len(APART)), ids=lambda n: " ".join(words(*APART[n])))
def test_what_docker_refuses_together_dk_refuses(number: int, beside: list[Answer]) -> None:
    texts, single = APART[number]
    assert beside[len(TOGETHER) + number].creation is None
    with pytest.raises(UsageError):
        attachments([parse_network(text) for text in texts], **single)
