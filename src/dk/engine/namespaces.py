"""Linux namespaces by system call, for a process that wants a small world of its own.

Every function raises `OSError`, its file name saying which step failed. Nothing here
works on other systems, so nothing of it runs at import.
"""

import os
from collections.abc import Collection
from pathlib import Path

# <linux/sched.h>, <linux/mount.h>, <linux/prctl.h>, <linux/sockios.h>, <linux/if.h>
_CLONE_NEWNS = 0x0002_0000
_CLONE_NEWPID = 0x2000_0000
_CLONE_NEWNET = 0x4000_0000
_MS_BIND = 1 << 12
_MS_MOVE = 1 << 13
_MS_REC = 1 << 14
_MS_PRIVATE = 1 << 18
_MS_SHARED = 1 << 20
_PR_SET_PDEATHSIG = 1
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1


def signal_on_parent_death(number: int) -> None:
    """Have the kernel send this process `number` as soon as its parent has died."""
    _call("prctl", _PR_SET_PDEATHSIG, number)


def new_process_tree() -> None:
    """Make the next child of this process pid 1 of a new process namespace."""
    _call("unshare", _CLONE_NEWPID)


def isolate(hidden: Collection[str]) -> None:
    """Give pid 1 of a new process namespace its own network, mounts, /proc, /sys and /run.

    The rest of the file system stays the shared one. /run is a tmpfs with the host's entries
    bound into it, except the `hidden` ones: what is made beside them is private and goes with
    the namespace. The network has nothing but a loopback.
    """
    here = Path.cwd()
    _call("unshare", _CLONE_NEWNS | _CLONE_NEWNET)
    _mount("/", flags=_MS_REC | _MS_PRIVATE)
    _mount("/proc", source="proc", kind="proc")
    _private_run(hidden)
    _private_sys()
    # Shared among themselves, as systemd leaves them: `rshared` binds work, and so does
    # private_etc().
    _mount("/", flags=_MS_REC | _MS_SHARED)
    _bring_up_loopback()
    os.chdir(here)  # which may be below a folder that was just mounted


def private_etc(scratch: Path) -> None:
    """Let what this process writes to /etc land in `scratch`; other new mounts stay shared."""
    upper, work = scratch / "upper", scratch / "work"
    upper.mkdir(parents=True)
    work.mkdir()
    _call("unshare", _CLONE_NEWNS)
    _mount("/", flags=_MS_PRIVATE)
    layers = f"lowerdir=/etc,upperdir={upper},workdir={work}"
    _mount("/etc", source="overlay", kind="overlay", data=layers)
    _mount("/", flags=_MS_SHARED)  # dockerd refuses `rshared` binds of anything else


def _private_run(hidden: Collection[str]) -> None:
    host = os.open("/run", os.O_RDONLY | os.O_DIRECTORY)
    try:
        _mount("/run", source="tmpfs", kind="tmpfs", data="mode=755")
        with os.scandir(host) as entries:
            for entry in entries:
                if entry.name not in hidden:
                    _bind_entry(entry, f"/proc/self/fd/{host}/{entry.name}")
    finally:
        os.close(host)


def _bind_entry(entry: os.DirEntry[str], source: str) -> None:
    target = Path("/run", entry.name)
    try:
        if entry.is_symlink():
            target.symlink_to(Path(source).readlink())
            return
        if entry.is_dir(follow_symlinks=False):
            target.mkdir()
        else:
            target.touch()
        _mount(target, source=source, flags=_MS_BIND | _MS_REC)
    except FileNotFoundError:
        pass  # the host removed it in the meantime


def _private_sys() -> None:
    """Mount a /sys that shows this network namespace, with the cgroup tree as it was."""
    aside = Path("/run/cgroup-aside")
    aside.mkdir()
    _mount(aside, source="/sys/fs/cgroup", flags=_MS_MOVE)
    # Only the cgroups come back: without securityfs dockerd sees no AppArmor, and so
    # loads no profile that would outlive it in the kernel.
    _mount("/sys", source="sysfs", kind="sysfs")
    _mount("/sys/fs/cgroup", source=str(aside), flags=_MS_MOVE)
    aside.rmdir()


def _bring_up_loopback() -> None:
    import fcntl
    import socket
    import struct

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", _IFF_UP))


def _mount(
    target: str | Path, *, source: str = "", kind: str = "", flags: int = 0, data: str = ""
) -> None:
    _call("mount", source or "none", str(target), kind or None, flags, data or None)


def _call(function: str, *arguments: str | int | None) -> None:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    as_c = [
        ctypes.c_ulong(it) if isinstance(it, int) else it and ctypes.c_char_p(os.fsencode(it))
        for it in arguments
    ]
    if getattr(libc, function)(*as_c) != 0:
        number = ctypes.get_errno()
        said = [str(it) for it in arguments if isinstance(it, str)]
        raise OSError(number, os.strerror(number), " ".join([function, *said]))
