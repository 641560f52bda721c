"""Which volumes go, where the user asked for volumes: anonymous ones, and named ones by a glob."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from dk.operations.volume import RemoveVolume
from dk.plan import Undo
from dk.plans.clean.rules import Thing, Verdicts
from dk.plans.clean.state import latest
from dk.spec.keep_pattern import compile_glob

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dk.model import Container, Volume
    from dk.plans.clean.rules import Rules
    from dk.plans.clean.state import CleanState, Fate

ANONYMOUS_LABEL = "com.docker.volume.anonymous"
LABELS_SINCE = (1, 42)
"""From this API on the engine itself labels the anonymous volumes that it makes."""


def plan_volumes(state: CleanState, fate: Fate, rules: Rules) -> Verdicts:
    """Decide on every volume. One that loses its container in this very run stays."""
    verdicts = Verdicts()
    users = _by_volume(fate.stay)
    asked = [compile_glob(glob) for glob in rules.options.named_volumes]
    orphaned = _by_volume(fate.go)
    for volume in state.volumes:
        thing = Thing(
            "volume",
            volume.name,
            (volume.name,),
            volume.labels,
            latest(volume.created),
            state.uses.get(volume.name),
        )
        anonymous = is_anonymous(volume, state.api_version)
        rule, detail = rules.excludes(thing), ""
        if not rule and (container := users.get(volume.name)):
            rule, detail = "in use", f"by {container.name}"
        elif not rule and (container := orphaned.get(volume.name)):
            rule, detail = "its container goes only now:", container.name
        elif not rule and not anonymous and not any(fits(volume.name) for fits in asked):
            rule = "named (--named-volumes GLOB takes it)"
        rule = rule or rules.too_young(thing)
        if rule:
            verdicts.keep(thing, rule, detail)
            continue
        kind = "anonymous" if anonymous else "named"
        verdicts.removals.append(
            RemoveVolume(
                name=volume.name,
                created=volume.created,
                planned=rules.now,
                since=thing.since,
                age=rules.age(thing.since),
                size=volume.size,
                undo=Undo.NO,
                cause=f"{kind}, unused" + rules.unused(thing),
            )
        )
    return verdicts


def is_anonymous(volume: Volume, api_version: tuple[int, ...]) -> bool:
    """Whether nobody named the volume.

    From API 1.42 (Engine 23) by the engine's own label, as moby daemon/volumes `filterAnonymous`;
    before it by a local volume's name of 64 hexadecimal digits without any label.
    """
    if api_version >= LABELS_SINCE:
        return ANONYMOUS_LABEL in volume.labels
    return (
        volume.driver == "local"
        and not volume.labels
        and re.fullmatch("[0-9a-f]{64}", volume.name) is not None
    )


def _by_volume(containers: Iterable[Container]) -> Mapping[str, Container]:
    found: defaultdict[str, list[Container]] = defaultdict(list)
    for container in containers:
        for name in container.volumes:
            found[name].append(container)
    return {name: users[0] for name, users in found.items()}
