"""The plan of `dk run`: what must be fetched and made before the container can start."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dk.errors import DkError, UsageError
from dk.operations.container import Replaced, RunContainer
from dk.operations.folder import MakeFolder
from dk.operations.image import PullImage
from dk.operations.network import CreateNetwork
from dk.plan import Operation, Plan
from dk.plans.names import nearest
from dk.plans.ports import check_ports, without
from dk.spec.api_versions import SEVERAL_NETWORKS, check_version
from dk.spec.network_attachment import is_user_defined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dk.model import Container, Listener, Network
    from dk.spec.container import ContainerSpec
    from dk.spec.wait import WaitFor

SHORT_ID = 12  # digits of an id as docker prints it
MADE_LABEL = ("dk.made-by", "run")


class RunWishes(NamedTuple):
    """What `dk run` was asked for besides the container itself.

    `pull` is always, missing or never.
    """

    pull: str = "missing"
    replace: bool = False
    mkdir: bool = False
    wait: WaitFor | None = None


class RunState(NamedTuple):
    """What `dk run` looked at; a part that the spec doesn't need is None.

    `remote_host` is where the engine runs if that is not here: dk can't look at that host.
    `named_removes_itself` is true where the container of that `--name` was run with `--rm`.
    """

    image_is_here: bool = True
    local_images: Sequence[str] = ()
    containers: Sequence[Container] | None = None
    networks: Sequence[Network] | None = None
    listeners: Sequence[Listener] = ()
    missing_folders: Sequence[str] = ()
    missing_volumes: Sequence[str] = ()
    cidfile_exists: bool = False
    named_removes_itself: bool = False
    remote_host: str = ""
    api_version: tuple[int, ...] = (1, 51)


def plan_run(spec: ContainerSpec, wishes: RunWishes, state: RunState) -> Plan:
    """Return the plan that makes `spec` true."""
    check_version(spec, state.api_version)
    old = _named(spec, state)
    if old is not None and not wishes.replace:
        raise DkError(
            f"the name {spec.name} is in use",
            f"by a container of {old.image}: {old.status.lower()}",
            f"--replace to take its place, dk rm -f {spec.name} to remove it, or another --name",
        )
    others = [each for each in state.containers or () if each is not old]
    if spec.network != "host":  # where docker opens none
        check_ports(spec.ports, others, without(state.listeners, old))
    _check_cidfile(spec, state)
    if old is not None:
        _check_needs_old(spec, old.name)
    replaced = None
    if old is not None:
        replaced = Replaced(
            id=old.id,
            name=old.name,
            state=old.state,
            removes_itself=state.named_removes_itself,
        )
    run = RunContainer(
        spec=spec,
        pull_never=wishes.pull == "never",
        wait=wishes.wait,
        replaces=replaced,
        connects_later=len(spec.networks) > 1 and state.api_version < SEVERAL_NETWORKS,
        cause=", ".join(_particulars(spec, state, old)),
    )
    return Plan(
        operations=(
            *_folders(wishes, state),
            *_image(spec, wishes.pull, state),
            *_networks(spec, state),
            run,
        ),
        notices=tuple(_notices(spec, wishes, state, replaced)),
        transaction=True,
    )


def _particulars(spec: ContainerSpec, state: RunState, old: Container | None) -> Iterator[str]:
    """Yield what a plan says of the container, and of what the engine makes with it."""
    if spec.name:
        yield f"of {spec.image}"
    if old is not None:
        yield f"takes the place of a container of {old.image}, {old.status.lower()}"
    if spec.ports and spec.network != "host":
        yield f"opens {', '.join(dict.fromkeys(port.render() for port in spec.ports))}"
    if state.missing_volumes:
        yield f"makes the volume {', '.join(state.missing_volumes)}"
    if spec.restart is not None and spec.restart.restarts:
        yield f"restarts {spec.restart.render()}"


def _named(spec: ContainerSpec, state: RunState) -> Container | None:
    return next(
        (each for each in state.containers or () if spec.name and each.name == spec.name), None
    )


def _check_needs_old(spec: ContainerSpec, name: str) -> None:
    """Refuse a new container that can't be without the one whose place it takes."""
    uses = {
        "--volumes-from": [said.partition(":")[0] for said in spec.volumes_from],
        "--link": [said.partition(":")[0] for said in spec.link],
        "--network": [network.name.removeprefix("container:") for network in spec.networks],
        "--pid": [(spec.pid or "").removeprefix("container:")],
        "--ipc": [(spec.ipc or "").removeprefix("container:")],
    }
    for flag, names in uses.items():
        if name in names and (flag != "--network" or f"container:{name}" == spec.network):
            raise UsageError(
                f"{flag} {name}: that container is the one to be replaced",
                "the new one can't be without it",
                f"leave out {flag}, or give the new one another --name",
            )


def _check_cidfile(spec: ContainerSpec, state: RunState) -> None:
    if state.cidfile_exists:
        raise UsageError(
            f"--cidfile {spec.cidfile}: the file is there already",
            "it may hold the id of a container that is still running",
            "remove it, or name another",
        )


def _folders(wishes: RunWishes, state: RunState) -> Sequence[Operation]:
    if not wishes.mkdir:
        return ()
    if state.remote_host:
        raise UsageError(
            "--mkdir makes folders on this host only",
            f"the engine is on {state.remote_host}",
            "make them there first",
        )
    return tuple(MakeFolder(path=path, cause="not there yet") for path in state.missing_folders)


def _image(spec: ContainerSpec, pull: str, state: RunState) -> Sequence[Operation]:
    wanted = spec.image.removesuffix(":latest")
    names = {name.removesuffix(":latest") for name in state.local_images} - {wanted}
    similar = tuple(nearest(wanted, sorted(names)))
    there = f" for {spec.platform}" if spec.platform else ""
    if pull == "always":
        cause = "--pull always"
    elif state.image_is_here:
        return ()
    elif pull == "never":
        hint = f"did you mean {similar[0]}?" if similar else f"docker pull {spec.image}"
        raise DkError(
            f"no image {spec.image}{there} here", "--pull never forbids to fetch it", hint
        )
    else:
        cause = f"not here yet{there}"
    return (
        PullImage(reference=spec.image, platform=spec.platform or "", similar=similar, cause=cause),
    )


def _networks(spec: ContainerSpec, state: RunState) -> Iterator[Operation]:
    networks = state.networks
    for name in spec.user_networks if networks is not None else ():
        if any(network.name == name or _is_id(name, network) for network in networks or ()):
            continue
        slip = _slip(name, [each.name for each in networks or () if is_user_defined(each.name)])
        if slip:
            raise UsageError(
                f"no network {name}; there is {slip}",
                "too alike to make a new one of that name unasked",
                f"--network {slip}, or first: docker network create {name}",
            )
        yield CreateNetwork(name=name, labels=(MADE_LABEL,), cause="not there yet")


def _is_id(name: str, network: Network) -> bool:
    """Whether `name` is the id, or the beginning that docker prints: "db" is a name, not an id."""
    return len(name) >= SHORT_ID and network.id.startswith(name)


def _slip(name: str, names: Sequence[str]) -> str | None:
    """Return the existing name that `name` is a slip of; web2 beside web1 is none."""
    near = nearest(name.lower(), [other.lower() for other in names], cutoff=0.75)
    for other in names:
        same = other.lower() == name.lower()
        if same or (other.lower() in near[:1] and _letters(other) != _letters(name)):
            return other
    return None


def _letters(name: str) -> str:
    return "".join(letter for letter in name if not letter.isdigit())


def _notices(
    spec: ContainerSpec, wishes: RunWishes, state: RunState, replaced: Replaced | None
) -> Iterator[str]:
    if replaced is not None and replaced.running and replaced.removes_itself:
        yield f"{replaced.name} was run with --rm: once stopped it is gone and can't come back"
    if state.missing_folders and not wishes.mkdir:
        folders = ", ".join(state.missing_folders)
        yield f"not there: {folders}; docker makes an empty folder as root, --mkdir as you"
    if wishes.replace:
        begin = f"{spec.name}-replaced-"
        for left in state.containers or ():
            if left.name.startswith(begin):
                yield f"{left.name} is left from a --replace that was killed: {left.status.lower()}"
    yield from _unseen(spec, state)
    yield from _open_ports(spec, state)


def _unseen(spec: ContainerSpec, state: RunState) -> Iterator[str]:
    """Say what dk can't look at where the engine's host is another one."""
    if not state.remote_host:
        return
    unseen = []
    if any(mount.kind == "bind" for mount in spec.mounts):
        unseen.append("whether the folders of -v are there")
    if any(port.host_ports() for port in spec.ports):
        unseen.append("whether another program holds a port")
    if unseen:
        yield f"the engine is on {state.remote_host}: dk can't see {' or '.join(unseen)}"


def _open_ports(spec: ContainerSpec, state: RunState) -> Iterator[str]:
    """Say once that ports are open to every machine that can reach the host.

    Who writes 0.0.0.0 knows.
    """
    if spec.network == "host":
        return
    open_ports = [
        port.host_port or f"{port.container_port} (on one that the engine picks)"
        for port in spec.ports
        if not port.host_ip
    ]
    open_ports = list(dict.fromkeys(open_ports))
    if spec.publish_all:
        yield "-P opens the image's ports on all addresses; -p 127.0.0.1::PORT keeps one here"
    elif open_ports:
        named = "port" if len(open_ports) == 1 else "ports"
        host = state.remote_host or "this machine"
        yield (
            f"{named} {', '.join(open_ports)}: open to all who can reach {host};"
            " --local opens for 127.0.0.1 only"
        )
