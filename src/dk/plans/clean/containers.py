"""Which containers go: stopped ones that nothing is likely to start again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.operations.container import RemoveContainer
from dk.plan import Undo
from dk.plans.clean.rules import ONE_OFF_LABEL, SERVICE_LABEL, Thing, Verdicts
from dk.plans.clean.state import latest

if TYPE_CHECKING:
    from collections.abc import Collection

    from dk.model import Container
    from dk.plans.clean.rules import Rules

STOPPED = frozenset({"created", "exited", "dead"})
SHARES = "container:"  # before the id, in the network mode of one that shares another's network
STARTS_AGAIN = frozenset({"always", "unless-stopped"})


def plan_containers(containers: Collection[Container], rules: Rules) -> Verdicts:
    """Decide on every container."""
    verdicts = Verdicts()
    shared = {each.network_mode.removeprefix(SHARES): each for each in containers}
    for container in containers:
        end = container.end
        thing = Thing(
            "container",
            container.id,
            (container.name,),
            container.labels,
            latest(container.created, end.finished if end else None),
            end.started if end else None,
        )
        rule = rules.excludes(thing) or _stays(container, rules)
        if not rule and container.id in shared:
            rule = f"its network is also that of {shared[container.id].name}"
        rule = rule or rules.too_young(thing)
        if rule:
            verdicts.keep(thing, rule)
            continue
        verdicts.removals.append(
            RemoveContainer(
                id=container.id,
                name=container.name,
                end=end,
                since=thing.since,
                age=rules.age(thing.since),
                size=container.size,
                undo=Undo.CONFIG,
                cause=_cause(container, rules) + rules.unused(thing),
            )
        )
    return verdicts


def _stays(container: Container, rules: Rules) -> str:
    if container.state not in STOPPED:
        return container.state
    if container.end is None:
        return "gone meanwhile"
    if rules.options.all:
        return ""
    if container.end.restart_policy in STARTS_AGAIN:
        return "meant to start again: its restart policy (-a takes it)"
    if SERVICE_LABEL in container.labels and container.labels.get(ONE_OFF_LABEL) != "True":
        return "a service of a Compose project (-a takes it)"
    return ""


def _cause(container: Container, rules: Rules) -> str:
    end = container.end
    if end is None or end.started is None:
        return f"created {rules.ago(container.created)}, never started"
    state = "died" if container.state == "dead" else "exited"
    return f"{state} {rules.ago(end.finished)}, code {end.exit_code}"
