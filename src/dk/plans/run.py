"""The plan of `dk run`: what must be fetched and made before the container can start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.errors import DkError, UsageError
from dk.operations.container import Replaced, RunContainer
from dk.operations.folder import MakeFolder
from dk.operations.image import PullImage
from dk.operations.network import CreateNetwork
from dk.plan import Operation, Plan
from dk.plans.names import nearest
from dk.plans.ports import check_ports, without
from dk.plans.run_notices import advice, notices
from dk.spec.api_versions import SEVERAL_NETWORKS, check_version
from dk.spec.network_attachment import is_user_defined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dk.model import Container, Network
    from dk.plans.run_state import RunState, RunWishes
    from dk.spec.container import ContainerSpec

SHORT_ID = 12  # digits of an id as docker prints it
MADE_LABEL = ("dk.made-by", "run")


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
        notices=tuple(notices(spec, wishes, state, replaced)),
        advice=tuple(advice(spec, state)),
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
    joined = f"container:{name}"
    uses = {
        "--volumes-from": [said.partition(":")[0] for said in spec.volumes_from],
        "--link": [said.partition(":")[0] for said in spec.link],
        "--network": [name] if spec.network == joined else [],
        "--pid": [name] if spec.pid == joined else [],
        "--ipc": [name] if spec.ipc == joined else [],
    }
    for flag, names in uses.items():
        if name in names:
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
