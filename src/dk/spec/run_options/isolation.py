"""Options about what separates a container from its host."""

from __future__ import annotations

from dk.spec.pairs import parse_sysctl
from dk.spec.run_options.option import pair, panel, several, switch, text
from dk.spec.security import normal_capabilities, one_of, read_security_option

OPTIONS = panel(
    "Security and isolation",
    switch("--privileged", "Take all walls away.", api="HostConfig.Privileged"),
    several(
        "--cap-add",
        "CAPABILITY",
        "Allow it more, e.g. NET_ADMIN or ALL.",
        api="HostConfig.CapAdd",
        to_api=normal_capabilities,
    ),
    several(
        "--cap-drop",
        "CAPABILITY",
        "Allow it less.",
        api="HostConfig.CapDrop",
        to_api=normal_capabilities,
    ),
    several(
        "--security-opt",
        "OPTION",
        "no-new-privileges, seccomp=FILE, apparmor=PROFILE, …",
        read_in=read_security_option,
        write=lambda option: option.said,
    ),
    several(
        "--sysctl",
        "KEY=VALUE",
        "A kernel setting of its own, e.g. net.core.somaxconn=1024.",
        read=parse_sysctl,
        write=pair,
        api="HostConfig.Sysctls",
        to_api=dict,
    ),
    text(
        "--userns",
        "host",
        "The user name space.",
        read=one_of("host"),
        api="HostConfig.UsernsMode",
        completes="choice:host",
    ),
    text(
        "--pid",
        "host|container:NAME",
        "See the processes of the host or another container.",
        read=one_of("host", container=True),
        api="HostConfig.PidMode",
    ),
    text(
        "--ipc",
        "MODE",
        "Shared memory: private, shareable, none, host or container:NAME.",
        api="HostConfig.IpcMode",
        completes="choice:private,shareable,none,host",
    ),
    text(
        "--uts",
        "host",
        "Take the host's name.",
        read=one_of("host"),
        api="HostConfig.UTSMode",
        completes="choice:host",
    ),
    text(
        "--cgroupns",
        "host|private",
        "The cgroup name space.",
        read=one_of("host", "private"),
        api="HostConfig.CgroupnsMode",
        completes="choice:host,private",
    ),
    text("--cgroup-parent", "PATH", "The cgroup that it is put in.", api="HostConfig.CgroupParent"),
    text("--runtime", "NAME", "The OCI runtime.", api="HostConfig.Runtime"),
    text("--isolation", "NAME", "The kind of isolation (Windows).", api="HostConfig.Isolation"),
)
