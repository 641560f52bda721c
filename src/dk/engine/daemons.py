"""containerd and dockerd of a private engine: where they are, and how they are started."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dk.engine import namespaces, processes
from dk.engine.processes import failure

HOME = Path("/run/dk-engine")
SOCKET = HOME / "docker.sock"
_CONTAINERD_SOCKET = HOME / "containerd.sock"
_START_TIMEOUT = 30.0

# A user's PATH often lacks the sbin folders.
_USUAL = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_NEEDED = {  # program: Debian's package
    "containerd": "containerd",
    "containerd-shim-runc-v2": "containerd",
    "runc": "runc",
    "docker-proxy": "docker.io",
    "iptables": "iptables",
}

# Without the plugins that write elsewhere (opt, nri), and those that only cost time.
_CONTAINERD_CONFIG = f"""\
version = 2
root = "{HOME}/containerd"
state = "{HOME}/containerd-state"
disabled_plugins = [
  "io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri",
  "io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
]
[grpc]
address = "{_CONTAINERD_SOCKET}"
"""


@dataclass(frozen=True, slots=True)
class Daemons:
    """Where dockerd and containerd are, and the PATH on which they find the rest."""

    dockerd: str
    containerd: str
    path: str


def find_daemons(dockerd: str | None, environ: Mapping[str, str]) -> Daemons:
    """Find dockerd, or take the given one (a program or its folder), and what it needs.

    Programs beside dockerd come first (in its folder, or in bin and sbin side by side), then
    those on PATH, then those of the usual folders.
    """
    from shutil import which

    path = os.pathsep.join([environ.get("PATH", os.defpath), *_USUAL])
    if dockerd is None:
        found = which("dockerd", path=path)
        if found is None:
            raise failure(
                "no dockerd on this machine",
                "a private engine is made from an installed one",
                "apt-get install docker.io, or give another with --dockerd PATH",
            )
    else:
        given = Path(dockerd).absolute()
        found = which(given / "dockerd" if given.is_dir() else given)
        if found is None:
            raise failure(
                f"no dockerd at {dockerd}",
                "there is no such program, or it is not executable",
                "give the program or its folder, as in --dockerd /usr/sbin/dockerd",
            )
    folder = Path(found).absolute().parent
    beside = [folder]
    if folder.name in {"bin", "sbin"}:
        beside += [folder.with_name("sbin"), folder.with_name("bin")]
    path = os.pathsep.join([*map(str, beside), path])
    programs = {name: which(name, path=path) for name in _NEEDED}
    missing = [name for name, place in programs.items() if place is None]
    if missing:
        packages = dict.fromkeys(_NEEDED[name] for name in missing)
        raise failure(
            f"dockerd needs {', '.join(missing)}",
            "not found beside dockerd, on PATH or in the usual folders",
            f"apt-get install {' '.join(packages)}",
        )
    return Daemons(str(found), str(programs["containerd"]), path)


def start_daemons(daemons: Daemons, environ: Mapping[str, str], cgroup: str) -> None:
    """Start both below HOME, with containers in `cgroup`; return when dockerd answers.

    For pid 1 of a private engine. Raises DkError with the end of the log of the one that
    failed, SystemExit on a signal that would end dk.
    """
    scratch = HOME / "tmp"
    scratch.mkdir(parents=True)
    HOME.chmod(0o711)
    (HOME / "containerd.toml").write_text(_CONTAINERD_CONFIG)
    (HOME / "daemon.json").write_text("{}")  # not /etc/docker's
    environ = {**environ, "PATH": daemons.path, "TMPDIR": str(scratch)}
    environ.pop("NOTIFY_SOCKET", None)  # systemd's, meant for dk at most
    deadline = time.monotonic() + _START_TIMEOUT
    # dockerd would start containerd itself, but some releases then wait a second for it.
    argv = [daemons.containerd, f"--config={HOME}/containerd.toml"]
    logs = dict([_start(argv, environ)])
    _wait_until(lambda: _answers(_CONTAINERD_SOCKET), logs, deadline)
    argv = [
        daemons.dockerd,
        f"--config-file={HOME}/daemon.json",
        f"--data-root={HOME}/data",
        f"--exec-root={HOME}/exec",
        f"--pidfile={HOME}/docker.pid",
        f"--host=unix://{SOCKET}",
        f"--containerd={_CONTAINERD_SOCKET}",
        f"--cgroup-parent={cgroup}",
        "--exec-opt=native.cgroupdriver=cgroupfs",
    ]
    # 20.10 makes /etc/docker/key.json, wherever its configuration is.
    logs |= [_start(argv, environ, lambda: namespaces.private_etc(HOME / "etc"))]
    _wait_until(lambda: _answers(SOCKET, b"GET /_ping HTTP/1.0\r\n\r\n"), logs, deadline)


def _start(
    argv: list[str], environ: Mapping[str, str], prepare: Callable[[], None] = lambda: None
) -> tuple[int, Path]:
    """Start a daemon out of reach of the terminal; return its pid and its log."""
    log = HOME / f"{Path(argv[0]).name}.log"

    def detach() -> None:
        os.setsid()
        processes.set_blocked(set())
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        prepare()

    return processes.spawn(argv[0], argv, environ, detach), log


def _wait_until(ready: Callable[[], bool], logs: Mapping[int, Path], deadline: float) -> None:
    what = "the private engine did not become ready"
    while not ready():
        info = signal.sigtimedwait(processes.watched(), 0.005)
        if info is None:
            if time.monotonic() > deadline:
                raise failure(what, _end_of(list(logs.values())[-1]))
        elif info.si_signo != signal.SIGCHLD:
            raise SystemExit(128 + info.si_signo)
        elif dead := logs.keys() & processes.ended(-1).keys():
            raise failure(what, _end_of(logs[dead.pop()]))


def _answers(address: Path, request: bytes = b"") -> bool:
    """Whether a server listens at `address` and, if there is a request, answers it with 200."""
    import socket

    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(0.1)
        try:
            connection.connect(str(address))
            connection.sendall(request)
            return not request or b" 200 " in connection.recv(64)
        except OSError:
            return False


def _end_of(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join([f"the end of {log.name}:", *lines[-5:]])
