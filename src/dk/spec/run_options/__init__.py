"""The options of `dk run` as data: each row says how one is written, read, sent and explained.

A new flag of docker's is a new row here and a new field in `ContainerSpec`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dk.errors import UsageError
from dk.spec.label import parse_label
from dk.spec.mount import parse_volume
from dk.spec.port import parse_port
from dk.spec.restart import parse_restart
from dk.spec.size import parse_size

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["switch", "text", "list", "single"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOption:
    """One option of `docker run`.

    Of a `text` that is said twice the last one counts; a `single` is one that docker takes
    several of and dk does not yet. `read` turns its text and the working folder into the field's
    value (with `spreads`, into several of a list); `write` turns that value back into docker's
    text. `api` is the dotted place in the create request, where `to_api` of the value goes; an
    option without one is sent by `spec.create_request` itself.
    """

    flags: tuple[str, ...]
    field: str
    kind: Kind
    help: str
    panel: str = "Common"
    metavar: str = ""
    read: Callable[[str, str], Any] = lambda text, _cwd: text
    spreads: bool = False
    write: Callable[[Any], str] = str
    api: str = ""
    to_api: Callable[[Any], Any] = lambda value: value

    @property
    def repeats(self) -> bool:
        """Whether each time that it is said counts."""
        return self.kind in {"list", "single"}


def _name(text: str, _cwd: str) -> str | None:
    import re

    if not text:
        return None  # as docker: no name of the user's own
    if not re.fullmatch(r"/?[a-zA-Z0-9][a-zA-Z0-9_.-]+", text):
        raise UsageError(
            f"{text!r} can't be a container's name",
            "two or more letters, digits, _ . or -, a letter or digit first",
            "e.g. --name web-1",
        )
    return text.removeprefix("/")


def _workdir(text: str, _cwd: str) -> str:
    if text and not text.startswith("/"):
        raise UsageError(f"{text!r}: a working directory must be absolute", fix="e.g. -w /app")
    return text


def read_pull(text: str) -> str:
    """Return when to fetch the image: always, missing or never."""
    if text not in {"", "always", "missing", "never"}:
        raise UsageError(f"{text!r} is no pull policy", fix="always, missing or never")
    return text


def _network(text: str, _cwd: str) -> str:
    import re

    if not text:
        raise UsageError("--network: the name is empty", fix="e.g. --network web")
    # docker's long form, as docker/cli opts/network.go tells it.
    if re.search(r"\w+=\w", text):
        raise UsageError(
            "dk run does not have docker's --network name=… yet",
            f"asked for: {text}",
            "--network NAME with --network-alias ALIAS, or use docker run for it",
        )
    return text


COMMON, NETWORK, FILES, PROCESS = "Common", "Network", "Files", "Process and resources"

RUN_OPTIONS: tuple[RunOption, ...] = (
    RunOption(
        flags=("--detach", "-d"),
        field="detach",
        kind="switch",
        help="Run in the background and print the container's id.",
    ),
    RunOption(
        flags=("--rm",),
        field="remove",
        kind="switch",
        help="Remove the container when it ends.",
        api="HostConfig.AutoRemove",
    ),
    RunOption(
        flags=("--interactive", "-i"),
        field="interactive",
        kind="switch",
        help="Keep stdin open.",
    ),
    RunOption(
        flags=("--tty", "-t"),
        field="tty",
        kind="switch",
        help="Give the container a terminal.",
        api="Tty",
    ),
    RunOption(
        flags=("--name",),
        field="name",
        kind="text",
        metavar="NAME",
        help="The container's name.",
        read=_name,
    ),
    RunOption(
        flags=("--env", "-e"),
        field="env",
        kind="list",
        metavar="KEY=VALUE|KEY|FILE",
        help="Set a variable, take one over, or read an env file by Compose's rules (a value"
        " that begins with . / or ~).",
    ),
    RunOption(
        flags=("--env-file",),
        field="env_files",
        kind="list",
        metavar="FILE",
        help="Read an env file by docker's own rules.",
    ),
    RunOption(
        flags=("--publish", "-p"),
        field="ports",
        kind="list",
        metavar="[[IP:]PORT:]PORT",
        help="Open a port of the container on the host.",
        panel=NETWORK,
        read=lambda text, _cwd: parse_port(text),
        spreads=True,
        write=lambda port: str(port.render()),
    ),
    RunOption(
        flags=("--network", "--net"),
        field="network",
        kind="single",
        metavar="NAME",
        help="Join a network; it is made if it is missing.",
        panel=NETWORK,
        read=_network,
    ),
    RunOption(
        flags=("--network-alias", "--net-alias"),
        field="network_aliases",
        kind="list",
        metavar="NAME",
        help="Another name for the container in that network.",
        panel=NETWORK,
    ),
    RunOption(
        flags=("--hostname", "-h"),
        field="hostname",
        kind="text",
        metavar="NAME",
        help="The container's own host name.",
        panel=NETWORK,
        api="Hostname",
    ),
    RunOption(
        flags=("--volume", "-v"),
        field="mounts",
        kind="list",
        metavar="[SOURCE:]TARGET[:MODE]",
        help="Mount a folder (./data, /srv/data) or a named volume.",
        panel=FILES,
        read=lambda text, cwd: parse_volume(text, cwd=cwd),
        write=lambda mount: str(mount.render()),
    ),
    RunOption(
        flags=("--workdir", "-w"),
        field="workdir",
        kind="text",
        metavar="DIR",
        help="The working directory inside.",
        panel=FILES,
        read=_workdir,
        api="WorkingDir",
    ),
    RunOption(
        flags=("--entrypoint",),
        field="entrypoint",
        kind="text",
        metavar="PROGRAM",
        help="Start this instead of the image's entry point.",
        panel=PROCESS,
        api="Entrypoint",
        to_api=lambda program: [program],
    ),
    RunOption(
        flags=("--user", "-u"),
        field="user",
        kind="text",
        metavar="USER[:GROUP]",
        help="Run as this user.",
        panel=PROCESS,
        api="User",
    ),
    RunOption(
        flags=("--init",),
        field="init",
        kind="switch",
        help="Run a small init as PID 1 that passes signals on.",
        panel=PROCESS,
        api="HostConfig.Init",
    ),
    RunOption(
        flags=("--restart",),
        field="restart",
        kind="text",
        metavar="POLICY",
        help="no, always, unless-stopped or on-failure[:TIMES].",
        panel=PROCESS,
        read=lambda text, _cwd: parse_restart(text),
        write=lambda policy: str(policy.render()),
        api="HostConfig.RestartPolicy",
        to_api=lambda policy: {
            "Name": policy.name,
            "MaximumRetryCount": policy.maximum_retry_count,
        },
    ),
    RunOption(
        flags=("--memory", "-m"),
        field="memory",
        kind="text",
        metavar="SIZE",
        help="The most memory that it may use, e.g. 512m.",
        panel=PROCESS,
        read=lambda text, _cwd: parse_size(text),
        api="HostConfig.Memory",
    ),
    RunOption(
        flags=("--label", "-l"),
        field="labels",
        kind="list",
        metavar="KEY[=VALUE]",
        help="A label to find it by.",
        panel=PROCESS,
        read=lambda text, _cwd: parse_label(text),
        write=lambda label: f"{label[0]}={label[1]}",
    ),
    RunOption(
        flags=("--pull",),
        field="pull",
        kind="text",
        metavar="WHEN",
        help="Fetch the image: always, missing (the default) or never.",
        panel=PROCESS,
    ),
)

NOT_IN_SPEC = {"env", "env_files", "pull"}
"""Options that shape the plan or the environment and are no field of `ContainerSpec`."""

DOCKER_ONLY = frozenset(
    """
    -P -a --add-host --annotation --attach --blkio-weight --blkio-weight-device -c --cap-add
    --cap-drop --cgroup-parent --cgroupns --cidfile --cpu-count --cpu-percent --cpu-period
    --cpu-quota --cpu-rt-period --cpu-rt-runtime --cpu-shares --cpus --cpuset-cpus --cpuset-mems
    --detach-keys --device --device-cgroup-rule --device-read-bps --device-read-iops
    --device-write-bps --device-write-iops --disable-content-trust --dns --dns-option
    --dns-search --domainname --expose --gpus --group-add --health-cmd --health-interval
    --health-retries --health-start-interval --health-start-period --health-timeout
    --io-maxbandwidth --io-maxiops --ip --ip6 --ipc --isolation --kernel-memory --label-file
    --link --link-local-ip --log-driver --log-opt --mac-address --memory-reservation
    --memory-swap --memory-swappiness --mount --no-healthcheck --oom-kill-disable
    --oom-score-adj --pid --pids-limit --platform --privileged --publish-all --read-only
    --runtime --security-opt --shm-size --sig-proxy --stop-signal --stop-timeout --storage-opt
    --sysctl --tmpfs --ulimit --use-api-socket --userns --uts --volume-driver --volumes-from
    """.split()
)
"""Options of docker's that dk does not have yet: refused by name."""
