"""The plan of `dk run`: what must be fetched and made before the container can start."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dk.errors import DkError, UsageError
from dk.operations.container import RunContainer
from dk.operations.image import PullImage
from dk.operations.network import CreateNetwork
from dk.plan import Operation, Plan
from dk.plans.names import nearest
from dk.plans.ports import check_ports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dk.model import Container, Listener, Network
    from dk.spec.container import ContainerSpec

SHORT_ID = 12  # digits of an id as docker prints it
MADE_LABEL = ("dk.made-by", "run")


class RunState(NamedTuple):
    """What `dk run` looked at; a part that the spec doesn't need is None."""

    image_is_here: bool = True
    local_images: Sequence[str] = ()
    containers: Sequence[Container] | None = None
    networks: Sequence[Network] | None = None
    listeners: Sequence[Listener] = ()


def plan_run(spec: ContainerSpec, pull: str, state: RunState) -> Plan:
    """Return the plan that makes `spec` true; `pull` is always, missing or never."""
    _check_name(spec, state)
    check_ports(spec.ports, state.containers or (), state.listeners)
    return Plan(
        operations=(
            *_image(spec, pull, state),
            *_network(spec, state),
            RunContainer(spec=spec, pull_never=pull == "never"),
        ),
        transaction=True,
    )


def _check_name(spec: ContainerSpec, state: RunState) -> None:
    for container in state.containers or ():
        if spec.name is not None and container.name == spec.name:
            raise DkError(
                f"the name {spec.name} is in use",
                f"by a container of {container.image}: {container.status.lower()}",
                f"dk rm -f {spec.name} to remove that one, or choose another --name",
            )


def _image(spec: ContainerSpec, pull: str, state: RunState) -> Sequence[Operation]:
    names = [name.removesuffix(":latest") for name in state.local_images]
    similar = tuple(nearest(spec.image.removesuffix(":latest"), names))
    if pull == "always":
        cause = "--pull always"
    elif state.image_is_here:
        return ()
    elif pull == "never":
        hint = f"did you mean {similar[0]}?" if similar else f"docker pull {spec.image}"
        raise DkError(f"no image {spec.image} here", "--pull never forbids to fetch it", hint)
    else:
        cause = "not here yet"
    return (PullImage(reference=spec.image, similar=similar, cause=cause),)


def _network(spec: ContainerSpec, state: RunState) -> Sequence[Operation]:
    name = spec.user_network
    if name is None or state.networks is None:
        return ()
    if any(network.name == name or _is_id(name, network) for network in state.networks):
        return ()
    slip = _slip(name, [network.name for network in state.networks])
    if slip:
        raise UsageError(
            f"no network {name}; there is {slip}",
            "too alike to make a new one of that name unasked",
            f"--network {slip}, or first: docker network create {name}",
        )
    return (CreateNetwork(name=name, labels=(MADE_LABEL,), cause="not there yet"),)


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
