"""Which networks go: those of Compose and of dk that no container is configured for."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from dk.operations.network import RemoveNetwork
from dk.plan import Undo
from dk.plans.clean.rules import PROJECT_LABEL, Thing, Verdicts
from dk.plans.clean.state import latest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from dk.model import Container, Network
    from dk.plans.clean.rules import Rules
    from dk.plans.clean.state import CleanState, Fate

BUILT_IN = frozenset({"bridge", "host", "none", "nat", "ingress", "docker_gwbridge", "podman"})
NETWORK_LABEL = "com.docker.compose.network"
DK_LABEL = "dk.made-by"


def plan_networks(state: CleanState, fate: Fate, rules: Rules) -> Verdicts:
    """Decide on every network; one that the engine came with is not even mentioned."""
    verdicts = Verdicts()
    users = by_network(fate.stay)
    before = by_network(fate.go)
    copied = {network.config_from for network in state.networks} - {""}
    for network in state.networks:
        if network.name in BUILT_IN or network.ingress:
            continue
        used = latest(state.uses.get(network.id), state.uses.get(network.name))
        thing = Thing(
            "network", network.id, (network.name,), network.labels, latest(network.created), used
        )
        rule, detail = rules.excludes(thing), ""
        if not rule and (containers := users[network.name] or users[network.id]):
            rule, detail = "in use", f"by {containers[0].name}"
        rule = rule or _stays(network, copied, rules) or rules.too_young(thing)
        if rule:
            verdicts.keep(thing, rule, detail)
            continue
        verdicts.removals.append(
            RemoveNetwork(
                id=network.id,
                name=network.name,
                since=thing.since,
                age=rules.age(thing.since),
                undo=Undo.FULL,
                cause=_cause(network) + rules.unused(thing),
                after=tuple(
                    container.id for container in (*before[network.name], *before[network.id])
                ),
            )
        )
    return verdicts


def _stays(network: Network, copied: Collection[str], rules: Rules) -> str:
    if network.scope != "local":
        return "of a swarm"
    if network.name in copied:
        return "another network takes its configuration"
    made_by_a_tool = {NETWORK_LABEL, PROJECT_LABEL, DK_LABEL} & set(network.labels)
    return "" if rules.options.all or made_by_a_tool else "made by hand (-a takes it)"


def _cause(network: Network) -> str:
    if PROJECT_LABEL in network.labels:
        return f"unused, of project {network.labels[PROJECT_LABEL]}"
    if DK_LABEL in network.labels:
        return "unused, made by dk"
    return "unused"


def by_network(containers: Iterable[Container]) -> defaultdict[str, list[Container]]:
    """Return who is configured for a network, by its name, or its id where that was used.

    Also one that was disconnected: the engine connects it again when it starts.
    """
    found: defaultdict[str, list[Container]] = defaultdict(list)
    for container in containers:
        for network in {*container.networks, container.network_mode}:
            found[network].append(container)
    return found
