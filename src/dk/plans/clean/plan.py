"""The plan of `dk clean`: what each kind gives, in the order of removal, and what comes free."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dk.plan import Plan, Removal, Undo
from dk.plans.clean.cache import plan_cache
from dk.plans.clean.containers import plan_containers
from dk.plans.clean.images import plan_images
from dk.plans.clean.networks import plan_networks
from dk.plans.clean.rules import Rules, Verdicts
from dk.plans.clean.state import Fate, latest
from dk.plans.clean.volumes import plan_volumes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from dk.plans.clean.layers import Forecast
    from dk.plans.clean.state import CleanState
    from dk.spec.clean_options import CleanOptions


@dataclass(frozen=True, slots=True)
class Decision:
    """What goes and what stays, before the bytes are known."""

    verdicts: Verdicts
    notices: tuple[str, ...]

    @property
    def images_and_cache(self) -> tuple[str, ...]:
        """The ids of what holds layers and goes, in the order of removal."""
        targets = (removal.target for removal in self.verdicts.removals)
        return tuple(target.id for target in targets if target.kind in {"image", "cache"})


def decide(state: CleanState, options: CleanOptions) -> Decision:
    """Decide on everything of the kinds that were asked for."""
    rules = Rules(options, state.now)
    state = replace(state, uses=_known_uses(state))
    asked = options.kinds
    nothing = Verdicts()
    containers = plan_containers(state.containers, rules) if "containers" in asked else nothing
    gone = {removal.target.id for removal in containers.removals}
    fate = Fate(
        tuple(each for each in state.containers if each.id not in gone),
        tuple(each for each in state.containers if each.id in gone),
    )
    images = plan_images(state, fate, rules) if "images" in asked else nothing
    _tell_what_undo_can_do(containers, images, state)
    parts = [
        containers,
        plan_networks(state, fate, rules) if "networks" in asked else nothing,
        plan_volumes(state, fate, rules) if "volumes" in asked else nothing,
        images,
        plan_cache(state.cache, rules) if "cache" in asked else nothing,
    ]
    removals = [removal for part in parts for removal in part.removals]
    kept = [thing for part in parts for thing in part.kept]
    return Decision(Verdicts(removals, kept), tuple(_notices(rules)))


def _known_uses(state: CleanState) -> dict[str, datetime]:
    """Return the last use of everything that is known, by the containers that are there too."""
    uses = dict(state.uses)
    for container in state.containers:
        end = container.end
        used = latest(container.created, *(end[:2] if end else ())) or container.created
        names = (container.image_id, container.image, container.network_mode)
        for name in (*names, *container.networks, *container.volumes):
            uses[name] = max(used, uses.get(name, used))
    return uses


def _tell_what_undo_can_do(containers: Verdicts, images: Verdicts, state: CleanState) -> None:
    """A container can be made again only where its image stays, or can be pulled again."""
    there = {image.id for image in state.images}
    there -= {image.target.id for image in images.removals if image.undo is Undo.NO}
    image_of = {container.id: container.image_id for container in state.containers}
    containers.removals[:] = [
        removal if image_of[removal.target.id] in there else replace(removal, undo=Undo.NO)
        for removal in containers.removals
    ]


def plan_clean(
    decision: Decision,
    options: CleanOptions,
    forecast: Forecast,
    notices: tuple[str, ...] = (),
) -> Plan:
    """Return the plan; of images and cache the sizes are what comes free with each."""
    removals = [_sized(removal, forecast.shares) for removal in decision.verdicts.removals]
    return Plan(
        operations=tuple(removals),
        notices=notices + decision.notices,
        question=question(removals),
        kept=tuple(decision.verdicts.kept),
        shows_kept=options.show_kept,
        prediction=forecast.prediction,
    )


def question(removals: list[Removal]) -> str:
    """Return the question: how many go, and how many of them for good."""
    lost = sum(removal.undo is Undo.NO for removal in removals)
    if not lost:
        return f"Remove {len(removals)}?"
    return f"Remove {len(removals)}? {lost} can't be undone."


def _sized(removal: Removal, shares: Mapping[str, int]) -> Removal:
    if removal.target.id not in shares:
        return removal
    return replace(removal, size=shares[removal.target.id])


def _notices(rules: Rules) -> Iterator[str]:
    for pattern in rules.patterns.unmatched:
        if pattern.source != "--keep":  # a file speaks for every day
            continue
        yield f"keep {pattern.text} ({pattern.source}): nothing here has that name or label"
