"""Options about what separates a container from its host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.errors import UsageError
from dk.spec.run_options.option import imported, pair, panel, several, switch, text

if TYPE_CHECKING:
    from collections.abc import Callable


def one_of(*modes: str, container: bool = False) -> Callable[[str], str]:
    """Return a reader that takes these modes, "" for the engine's own, and container:NAME if so."""

    def read(text: str) -> str:
        named = text.removeprefix("container:") not in {"", text}
        if text in {"", *modes} or (container and named):
            return text
        wanted = [*modes, *(["container:NAME"] if container else [])]
        raise UsageError(f"{text} is no such mode", fix=f"use {' or '.join(wanted)}")

    return read


CAPABILITIES = (
    "choice:ALL,AUDIT_WRITE,CHOWN,DAC_OVERRIDE,FOWNER,IPC_LOCK,KILL,MKNOD,NET_ADMIN,"
    "NET_BIND_SERVICE,NET_RAW,SETGID,SETUID,SYS_ADMIN,SYS_CHROOT,SYS_NICE,SYS_PTRACE,SYS_TIME"
)

OPTIONS = panel(
    "Security and isolation",
    switch("--privileged", "Give it full access to the host.", api="HostConfig.Privileged"),
    several(
        "--cap-add",
        "CAPABILITY",
        "Allow it more, e.g. NET_ADMIN or ALL.",
        api="HostConfig.CapAdd",
        to_api=imported("security", "normal_capabilities"),
        completes=CAPABILITIES,
    ),
    several(
        "--cap-drop",
        "CAPABILITY",
        "Allow it less.",
        api="HostConfig.CapDrop",
        to_api=imported("security", "normal_capabilities"),
        completes=CAPABILITIES,
    ),
    several(
        "--security-opt",
        "OPTION",
        "no-new-privileges, seccomp=FILE, apparmor=PROFILE, …",
        read_in=imported("security", "read_security_option"),
        write=lambda option: option.said,
    ),
    several(
        "--sysctl",
        "KEY=VALUE",
        "A kernel setting of its own, e.g. net.core.somaxconn=1024.",
        read=imported("pairs", "parse_sysctl"),
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
        completes="choice:host,container:",
    ),
    text(
        "--ipc",
        "MODE",
        "Shared memory: private, shareable, none, host or container:NAME.",
        api="HostConfig.IpcMode",
        completes="choice:private,shareable,none,host,container:",
    ),
    text(
        "--uts",
        "host",
        "Share the host's name.",
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
    switch("--disable-content-trust", "Check no signatures; dk never does."),
    text("--runtime", "NAME", "The OCI runtime.", api="HostConfig.Runtime"),
    text("--isolation", "NAME", "The kind of isolation (Windows).", api="HostConfig.Isolation"),
)
