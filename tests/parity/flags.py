"""The table of `docker run` lines that dk must read as docker does, generated from its options."""

import random
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from dk.spec.run_options import RUN_OPTIONS, RunOption

from .values import VALUES

ENVIRON = {"SET": "from the host", "EMPTY": "", "UNI": "grüße 🐳"}
"""What both sides have in their environment, besides what they need themselves."""

RELATIVE_BIND = re.compile(r"(?:^|=|-v)\.\.?(?:/[^:]*)?:/")

SINCE_28 = re.compile(
    r"""
    --annotation | --health-start-interval | --quiet | -Pqd
    | \.\.:                                       # before, the parent folder was sent with its dots
    | [=\sp]::                                    # -p ::1:8080:80, --add-host v6=::1
    | [=\s](db|v6)=[\d:h] | [:=]\[2001:           # --add-host NAME=ADDRESS, [ADDRESS]
    | [=\sm](\.5[gm]|64\.m|64e6|6\.4E7|1e6|\+64m|64_000_000|1_000_000|0x4000000p0)(\s|$)
    | --cap-(add|drop)[=\s](?!(CAP_[A-Z_]+|ALL)(\s|$))
    | name=\S*,(link-local-ip|mac-address|gw-priority)=
    | seccomp=builtin | vendor\.com/ | volume-subpath | bind-recursive | image-subpath | source=\./
    """,
    re.VERBOSE,
)
"""What docker's CLI does not take, or sends otherwise, before version 28 (or one that is near)."""


@dataclass(frozen=True)
class Case:
    """The words behind `run`."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return shlex.join(self.words)

    @property
    def since(self) -> int:
        """The first version of docker's CLI that takes it so."""
        if SINCE_28.search(" ".join(self.words)):
            return 28
        if any(RELATIVE_BIND.search(word) for word in self.words):
            return 23  # before, the engine got the relative path and refused it
        return 0


NEEDS = {
    "network_aliases": ("--network", "web"),
    "ip": ("--network", "web"),
    "ip6": ("--network", "web"),
    "link_local_ip": ("--network", "web"),
    "memory_swap": ("--memory", "32m"),
}
"""What an option can't do without."""

NOT_TOGETHER = (
    {"remove", "restart"},
    {"attach", "detach"},
    {"attach", "tty"},  # with stdin alone, 20.10 waits for an end that a terminal never has
    {"cpus", "cpu_period"},
    {"cpus", "cpu_quota"},
    {"log_driver", "log_opt"},
    {"memory", "memory_swap"},
    {"memory", "memory_reservation"},
    {"memory_swap", "memory_reservation"},
    {"hostname", "uts"},
    {"domainname", "uts"},
    *({"networks", field} for field in (
        "network_aliases", "ip", "ip6", "link_local_ip", "link", "mac_address",
    )),
    *({"no_healthcheck", f"health_{field}"} for field in (
        "cmd", "interval", "retries", "start_interval", "start_period", "timeout",
    )),
)  # fmt: skip
"""Options that docker's CLI or its engine refuses together, whatever most of their values are."""

TRUE = ("1", "t", "T", "TRUE", "true", "True")
FALSE = ("0", "f", "F", "FALSE", "false", "False")

WRITTEN: tuple[tuple[str, ...], ...] = (
    # options said together
    ("-it", "busybox"),
    ("-ti", "busybox"),
    ("-itm", "64m", "busybox"),
    ("-itm64m", "busybox"),
    ("-itm=64m", "busybox"),
    ("-dit", "busybox"),
    ("-dp", "8080:80", "busybox"),
    ("-dp8080:80", "busybox"),
    ("-dp=8080:80", "busybox"),
    ("-it=false", "busybox"),
    ("-di=false", "busybox"),
    ("-ite", "A=1", "busybox"),
    ("-deA=1", "busybox"),
    ("-id", "busybox"),
    ("-td", "busybox"),
    ("-i", "-d=false", "busybox"),
    # options said twice
    ("-d", "-d=false", "busybox"),
    ("--rm", "--rm=false", "busybox"),
    ("--init=false", "--init", "busybox"),
    ("--name", "one", "--name", "two", "busybox"),
    ("-w", "/a", "-w", "/b", "busybox"),
    ("-m", "64m", "--memory=32m", "busybox"),
    ("-u", "1", "-u", "", "busybox"),
    ("--restart", "always", "--restart", "no", "--rm", "busybox"),
    ("--entrypoint", "a", "--entrypoint", "", "busybox"),
    ("-e", "A=1", "-e", "B=2", "-e", "A=3", "busybox"),
    ("-e", "SET=1", "-e", "SET", "busybox"),
    ("-e", "UNSET=1", "-e", "UNSET", "busybox"),
    ("-e", "UNSET", "-e", "UNSET=1", "busybox"),
    ("--env-file", "app.env", "--env-file", "more.env", "busybox"),
    ("--env-file", "more.env", "--env-file=app.env", "-e", "MODE=own", "busybox"),
    ("-e", "MODE=own", "--env-file", "app.env", "busybox"),
    ("-e", "MODE", "--env-file", "app.env", "busybox"),
    ("--env-file", "app.env", "--env-file", "app.env", "busybox"),
    ("-l", "a=1", "-l", "a", "-l", "b=2", "busybox"),
    ("-p", "80:80", "-p", "81:80", "-p", "53:53/udp", "-p", "53:53", "busybox"),
    ("-p", "80", "-p", "80", "busybox"),
    ("-v", "/a", "-v", "/a", "-v", "/b", "busybox"),
    ("-v", "data:/a", "-v", "data:/a", "busybox"),
    ("-v", "data:/a", "-v", "/srv:/b:ro", "-v", "/c", "-v", "./data:/d", "busybox"),
    ("--network", "web", "--network-alias", "a", "--net-alias", "b", "busybox"),
    ("--net=web", "--net-alias=a", "--network-alias=a", "busybox"),
    # where options end
    ("busybox",),
    ("--", "busybox"),
    ("-d", "--", "busybox"),
    ("-d", "--", "busybox", "--", "ls"),
    ("busybox", "--", "ls"),
    ("busybox", "-d", "--rm", "-p", "80:80", "--name", "x"),
    ("busybox", "--help"),
    ("busybox", "--json", "-q", "--dry-run", "--explain"),
    ("busybox", "-e", ".env", "--env", "x"),
    ("busybox", "sh", "-c", "echo $SET 'quoted' \"twice\" | cat; exit 3"),
    ("busybox", ""),
    ("busybox", "", "a", ""),
    ("busybox", "two\nlines", "☃", "a b", "*", "~", "\\"),
    ("--entrypoint", "", "busybox", "ls", "-l"),
    ("--entrypoint", "sh", "busybox", "-c", "ls"),
    # values that look like options
    ("-e", "--rm", "busybox"),
    ("--label", "-d", "busybox"),
    ("--entrypoint", "--", "busybox"),
    ("-h", "-h", "busybox"),
    ("-l=a=b", "-e=x==", "busybox"),
    # images
    ("busybox:1.36", "ls"),
    ("docker.io/library/busybox:latest",),
    ("localhost:5000/team/app",),
    ("registry.example.org/app@sha256:" + "ab" * 32,),
    ("app:1@sha256:" + "ab" * 32,),
    ("sha256:" + "cd" * 32,),
    ("cd" * 32,),
    ("cafe",),
    # more than one option, or one said in a way of its own
    ("-ia", "stdin", "busybox"),
    ("-itPa", "STDOUT", "busybox"),
    ("-Pc512", "busybox"),
    ("-Pqd", "busybox"),
    ("-P=false", "-P", "busybox"),
    ("-a", "stdin", "-a", "stdout", "-a", "stderr", "busybox"),
    ("-a", "stdin", "-i", "busybox"),
    ("-a", "stdin", "-a", "stdout", "-it", "busybox"),
    ("-a", "stdout", "-i", "busybox"),
    ("-a", "stderr", "-a", "stderr", "-t", "busybox"),
    ("-i", "-a", "stdin", "-a", "stdout", "busybox"),
    ("-a", "stdout", "-d=false", "busybox"),
    ("--sig-proxy=false", "-a", "stdout", "busybox"),
    ("-d", "--sig-proxy", "busybox"),
    ("-d", "--detach-keys", "ctrl-x,x", "busybox"),
    ("--annotation", "a=1", "--annotation", "b=2", "--annotation", "a=3", "busybox"),
    ("--add-host", "a:1.2.3.4", "--add-host", "a:1.2.3.5", "--add-host", "a:1.2.3.4", "busybox"),
    ("--blkio-weight-device", "/dev/sda:10", "--blkio-weight-device", "/dev/sda:20", "busybox"),
    ("--cap-add", "CAP_CHOWN", "--cap-add", "CAP_SYS_TIME", "--cap-drop", "ALL", "busybox"),
    ("--cap-add", "SYS_TIME", "--cap-add", "CHOWN", "busybox"),
    ("--cap-add", "net_admin", "--cap-add", "CAP_NET_ADMIN", "--cap-drop", "Net_Admin", "busybox"),
    ("--cap-add", "ALL", "--cap-add", "SYS_TIME", "--cap-drop", "ALL", "busybox"),
    ("--cidfile", "one.cid", "--cidfile", "two.cid", "busybox"),
    ("--device", "/dev/null", "--device", "/dev/null", "--device", "/dev/zero:/x:m", "busybox"),
    ("--device", "vendor.com/class=a", "--device", "vendor.com/class=b", "--gpus", "all",
     "--device", "/dev/null", "busybox"),
    ("--device-read-bps", "/dev/sda:1m", "--device-read-bps", "/dev/sdb:2m",
     "--device-write-iops", "/dev/sda:3", "busybox"),
    ("--dns", "1.1.1.1", "--dns", "8.8.8.8", "--dns", "1.1.1.1", "--dns-opt", "rotate", "busybox"),
    ("--dns-search", "a.example", "--dns-search", "b.example", "busybox"),
    ("--expose", "80", "-p", "80:80", "-P", "busybox"),
    ("--expose", "80-81/udp", "--expose", "80-80", "-p", "81/udp", "busybox"),
    ("--gpus", "device=0", "--gpus", "device=1", "busybox"),
    ("--group-add", "a", "--group-add", "b", "--group-add", "a", "busybox"),
    ("--health-cmd", "test -e /ok", "--health-interval", "5s", "--health-retries", "2",
     "--health-timeout", "3s", "--health-start-period", "1m", "busybox"),
    ("--health-cmd", "true", "--health-start-interval", "100ms", "busybox"),
    ("--no-healthcheck=false", "--health-cmd", "true", "busybox"),
    ("--no-healthcheck", "--health-retries", "0", "--health-cmd", "", "busybox"),
    ("--label-file", "app.labels", "--label-file", "more.labels", "busybox"),
    ("--label-file", "app.labels", "-l", "tier=own", "busybox"),
    ("-l", "tier=own", "-l", "bare=1", "--label-file", "app.labels", "busybox"),
    ("--link", "db", "--link", "cache:c", "busybox"),
    ("--link", "db:x", "--network", "web", "busybox"),
    ("--link", "db:x", "--link", "cache", "--net", "name=web", "--network-alias", "a", "busybox"),
    ("--log-driver", "json-file", "--log-opt", "max-size=10m", "--log-opt", "max-file=3",
     "--log-opt", "max-size=5m", "busybox"),
    ("--log-driver", "syslog", "--log-opt", "syslog-address=udp://192.0.2.1:514", "busybox"),
    ("--log-driver", "none", "busybox"),
    ("--mac-address", "92:d0:c6:0a:29:33", "--network", "web", "busybox"),
    ("--mac-address", "92:d0:c6:0a:29:33", "--network", "bridge", "busybox"),
    ("--mac-address", "92:d0:c6:0a:29:33", "--network", "name=web,alias=x", "busybox"),
    ("-m", "64m", "--memory-swap", "64m", "--memory-reservation", "32m", "--memory-swappiness", "0",
     "--oom-kill-disable", "--oom-score-adj", "100", "busybox"),
    ("-m", "64m", "--memory-swap", "-1", "busybox"),
    ("--mount", "source=a1,target=/a", "--mount", "type=tmpfs,target=/b", "--mount",
     "type=bind,source=/srv,target=/c", "-v", "d1:/d", "--tmpfs", "/e", "-v", "/f", "busybox"),
    ("--network", "web", "--network", "two", "busybox"),
    ("--network", "two", "--network", "web", "--network-alias", "a", "--ip", "172.30.0.5",
     "busybox"),
    ("--network", "web", "--network", "name=two,alias=b,alias=c", "busybox"),
    ("--network", "name=web,gw-priority=2", "--network", "name=two,gw-priority=1", "--network",
     "three", "busybox"),
    ("--network", "web", "--network", "two", "--link", "db", "--mac-address", "92:d0:c6:0a:29:33",
     "--link-local-ip", "169.254.1.1", "busybox"),
    ("--network", "name=web,ip=172.30.0.5", "--ip6", "2001:db8::5", "--network-alias", "a",
     "busybox"),
    ("--network", "web", "--ip", "172.30.0.5", "--ip6", "2001:db8::5", "--network-alias", "a",
     "--link-local-ip", "169.254.1.1", "--link-local-ip", "fe80::1", "busybox"),
    ("--network", "web", "--ip", "", "--ip6", "", "busybox"),
    ("--network", "name=web,name=two", "busybox"),
    ("--pid", "host", "--ipc", "host", "--uts", "host", "--userns", "host", "--cgroupns", "host",
     "--network", "host", "busybox"),
    ("--platform", "linux/arm64", "--pull", "always", "--name", "x1", "busybox"),
    ("--privileged", "--security-opt", "systempaths=unconfined", "busybox"),
    ("--privileged=false", "--read-only=false", "--oom-kill-disable=false", "busybox"),
    ("--security-opt", "label=user:u", "--security-opt", "label=role:r", "--security-opt",
     "systempaths=unconfined", "--security-opt", "no-new-privileges", "busybox"),
    ("--security-opt", "seccomp=unconfined", "--security-opt", "seccomp=seccomp.json", "busybox"),
    ("--storage-opt", "size=1G", "--storage-opt", "other=x", "--storage-opt", "size=2G", "busybox"),
    ("--sysctl", "net.ipv4.ip_forward=1", "--sysctl", "kernel.msgmax=1", "--sysctl",
     "net.ipv4.ip_forward=0", "busybox"),
    ("--tmpfs", "/run", "--tmpfs", "/run:size=1m", "--tmpfs", "/x", "busybox"),
    ("--ulimit", "nofile=1:2", "--ulimit", "core=3", "--ulimit", "nofile=4", "busybox"),
    ("--volumes-from", "db", "--volumes-from", "web:ro", "--volume-driver", "local", "-v",
     "data:/data", "busybox"),
    ("--cpus", "1.5", "--cpuset-cpus", "0,1", "-c", "512", "--pids-limit", "10", "busybox"),
    ("--cpu-period", "100000", "--cpu-quota", "50000", "--cpu-rt-period", "1000000",
     "--cpu-rt-runtime", "950000", "busybox"),
)  # fmt: skip


def _written(option: RunOption, value: str) -> Iterator[tuple[str, ...]]:
    """Yield every way to write a value, as pflag reads them."""
    for flag in option.flags:
        yield (flag, value)
        if len(flag) > 2 or value:  # `-w=` is the value "="
            yield (f"{flag}={value}",)
        if len(flag) == 2 and value:
            yield (f"{flag}{value}",)


def _switch(option: RunOption) -> Iterator[tuple[str, ...]]:
    for flag in option.flags:
        yield (flag,)
        # docker asks a server of its own, long gone, for signatures.
        values = (TRUE[4],) if option.field == "disable_content_trust" else (TRUE[4], FALSE[4])
        yield from ((f"{flag}={value}",) for value in values)


DOCKERS = [option for option in RUN_OPTIONS if option.docker]


def _alone() -> Iterator[tuple[str, ...]]:
    """Yield each option by itself: each of its values, and its first value in each writing."""
    for option in DOCKERS:
        if option.kind == "switch":
            yield from _switch(option)
            continue
        needs = NEEDS.get(option.field, ())
        first, *others = VALUES[option.field]
        yield from ((*needs, *words) for words in _written(option, first))
        yield from ((*needs, option.flags[0], value) for value in others)


def _mixed(count: int) -> Iterator[tuple[str, ...]]:
    """Yield lines of several options each, the same ones on every run."""
    chance = random.Random(2)
    for _ in range(count):
        options = chance.sample(DOCKERS, chance.randint(3, 8))
        fields = {option.field for option in options}
        dropped = {max(pair) for pair in NOT_TOGETHER if pair <= fields}
        options = [option for option in options if option.field not in dropped]
        # Several options may need the same network.
        needs = [NEEDS[option.field] for option in options if option.field in NEEDS]
        words: list[tuple[str, ...]] = list(dict.fromkeys(needs))
        for option in options:
            if option.kind == "switch":
                words.append(chance.choice(list(_switch(option))))
            else:
                value = chance.choice(VALUES[option.field])
                words.append(chance.choice(list(_written(option, value))))
        yield tuple(word for each in words for word in each)


CASES = tuple(
    dict.fromkeys(
        (
            *(Case((*words, "busybox", "ls")) for words in _alone()),
            *(Case((f"--init={value}", "busybox")) for value in (*TRUE, *FALSE)),
            *(Case((*words, "busybox", "ls", "-l")) for words in _mixed(150)),
            *(Case(words) for words in WRITTEN),
        )
    )
)
