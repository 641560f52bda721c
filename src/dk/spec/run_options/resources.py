"""Options about memory, CPUs, devices and other limits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dk.errors import UsageError
from dk.spec.run_options.option import each_api, imported, panel, render, several, switch, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dk.spec.ulimit import Ulimit


parse_integer = imported("quantity", "parse_integer")


def parse_weight(said: str) -> int:
    """Return a block I/O weight: 10 to 1000, or 0 for none."""
    weight: int = parse_integer(said, lowest=0)
    if weight and not 10 <= weight <= 1000:
        raise UsageError("a weight is between 10 and 1000, or 0", fix="e.g. --blkio-weight 500")
    return weight


def parse_swappiness(said: str) -> int:
    """Return 0 to 100, or -1 for the engine's own."""
    value: int = parse_integer(said, lowest=-1, highest=100)
    return value


def parse_oom_score(said: str) -> int:
    """Return -1000 to 1000."""
    value: int = parse_integer(said, lowest=-1000, highest=1000)
    return value


def last_of_each(limits: Sequence[Ulimit]) -> list[dict[str, str | int]]:
    """Return the API form of the last limit of each name, as docker/cli opts `UlimitOpt`."""
    last = {limit.name: limit.to_api() for limit in limits}
    return [last[name] for name in sorted(last)]


MEMORY = panel(
    "Memory and CPUs",
    text(
        "--memory -m",
        "SIZE",
        "The most memory that it may use, e.g. 512m.",
        read=imported("size", "parse_size"),
        api="HostConfig.Memory",
    ),
    text(
        "--memory-reservation",
        "SIZE",
        "Take memory back down to this when the host runs short.",
        read=imported("size", "parse_size"),
        api="HostConfig.MemoryReservation",
    ),
    text(
        "--memory-swap",
        "SIZE",
        "Memory and swap together; -1 for no limit.",
        read=imported("size", "parse_swap"),
        api="HostConfig.MemorySwap",
    ),
    text(
        "--memory-swappiness",
        "0-100",
        "How readily it is swapped out.",
        read=parse_swappiness,
        api="HostConfig.MemorySwappiness",
    ),
    text(
        "--kernel-memory",
        "SIZE",
        "The most kernel memory (engines before 23 only).",
        read=imported("size", "parse_size"),
        api="HostConfig.KernelMemory",
    ),
    text(
        "--shm-size",
        "SIZE",
        "The size of /dev/shm.",
        read=imported("size", "parse_size"),
        api="HostConfig.ShmSize",
    ),
    switch(
        "--oom-kill-disable",
        "Do not kill it when memory is out (with -m only).",
        api="HostConfig.OomKillDisable",
    ),
    text(
        "--oom-score-adj",
        "NUMBER",
        "-1000 to 1000: how early it is killed then.",
        read=parse_oom_score,
        api="HostConfig.OomScoreAdj",
    ),
    text(
        "--cpus",
        "NUMBER",
        "The most CPUs that it may use, e.g. 1.5.",
        read=imported("quantity", "parse_cpus"),
        write=imported("quantity", "write_cpus"),
        api="HostConfig.NanoCpus",
    ),
    text(
        "--cpu-shares -c",
        "WEIGHT",
        "Its share of busy CPUs; 1024 is the usual.",
        read=parse_integer,
        api="HostConfig.CpuShares",
    ),
    text(
        "--cpuset-cpus",
        "LIST",
        "Only these CPUs, e.g. 0-3 or 0,2.",
        api="HostConfig.CpusetCpus",
    ),
    text(
        "--cpuset-mems",
        "LIST",
        "Only memory of these nodes.",
        api="HostConfig.CpusetMems",
    ),
    text(
        "--cpu-period",
        "MICROSECONDS",
        "The scheduler's period.",
        read=parse_integer,
        api="HostConfig.CpuPeriod",
    ),
    text(
        "--cpu-quota",
        "MICROSECONDS",
        "CPU time in each period.",
        read=parse_integer,
        api="HostConfig.CpuQuota",
    ),
    text(
        "--cpu-rt-period",
        "MICROSECONDS",
        "The period of the real-time scheduler.",
        read=parse_integer,
        api="HostConfig.CpuRealtimePeriod",
    ),
    text(
        "--cpu-rt-runtime",
        "MICROSECONDS",
        "Real-time CPU time in each period.",
        read=parse_integer,
        api="HostConfig.CpuRealtimeRuntime",
    ),
)

DEVICES = panel(
    "Devices and limits",
    several(
        "--ulimit",
        "NAME=SOFT[:HARD]",
        "A limit of the process, e.g. nofile=1024:4096.",
        read=imported("ulimit", "parse_ulimit"),
        write=render,
        api="HostConfig.Ulimits",
        to_api=last_of_each,
    ),
    text(
        "--pids-limit",
        "NUMBER",
        "The most processes; -1 for no limit.",
        read=parse_integer,
        api="HostConfig.PidsLimit",
    ),
    several(
        "--gpus",
        "all|NUMBER|device=…",
        "Give it GPUs.",
        read=imported("gpus", "parse_gpus"),
        write=render,
    ),
    several(
        "--device",
        "HOST[:INSIDE[:rwm]]",
        "Give it a device.",
        read=imported("device", "parse_device"),
        write=render,
    ),
    several(
        "--device-cgroup-rule",
        "RULE",
        "Allow devices by a rule, e.g. 'c 42:* rmw'.",
        read=imported("device", "parse_device_cgroup_rule"),
        api="HostConfig.DeviceCgroupRules",
    ),
    text(
        "--blkio-weight",
        "WEIGHT",
        "Its share of busy disks: 10 to 1000.",
        read=parse_weight,
        api="HostConfig.BlkioWeight",
    ),
    several(
        "--blkio-weight-device",
        "DEVICE:WEIGHT",
        "Its share of one disk.",
        read=imported("device", "parse_weight_device"),
        write=render,
        api="HostConfig.BlkioWeightDevice",
        to_api=each_api,
    ),
    *(
        several(
            f"--device-{way}-{unit}",
            f"DEVICE:{'SIZE' if unit == 'bps' else 'NUMBER'}",
            f"{'Read' if way == 'read' else 'Write'} at most so "
            f"{'much' if unit == 'bps' else 'often'} in a second.",
            read=partial(
                imported("device", f"parse_throttle_{unit}"), option=f"--device-{way}-{unit}"
            ),
            write=render,
            api=f"HostConfig.BlkioDevice{way.title()}{'Bps' if unit == 'bps' else 'IOps'}",
            to_api=each_api,
        )
        for way in ("read", "write")
        for unit in ("bps", "iops")
    ),
)
