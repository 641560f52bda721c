"""What an engine holds, in few words, and the plan that `dk clean` makes of it.

Every time is said as a user says an age, seen from `NOW`: "3d", "2026-01-31"; "in 3d" is the
future, "1970" what builds that can be repeated write, "" not known.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import sha256
from inspect import cleandoc
from typing import TYPE_CHECKING, TypeAlias

from dk.model import CacheRecord, Container, ContainerEnd, Image, Network, Volume
from dk.output.inventory import inventory
from dk.plan import Removal
from dk.plans.clean.layers import Stock, forecast
from dk.plans.clean.plan import decide, plan_clean
from dk.plans.clean.state import CleanState
from dk.spec.age import parse_age, parse_grace
from dk.spec.clean_options import KINDS, CleanOptions, parse_label_filter
from dk.spec.keep_pattern import parse_keep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dk.plan import Plan

Thing: TypeAlias = Container | Image | Network | Volume | CacheRecord

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEWEST_API = (1, 51)
ANONYMOUS = {"com.docker.volume.anonymous": ""}
KIND_OF = dict(zip((Container, Image, Network, Volume, CacheRecord), KINDS, strict=True))


def date(text: str) -> datetime | None:
    """The moment that an age means."""
    if not text:
        return None
    if text == "1970":
        return datetime(1970, 1, 1, tzinfo=UTC)
    if text.startswith("in "):
        return NOW + (NOW - parse_age(text.removeprefix("in "), NOW).before(NOW))
    return parse_age(text, NOW).before(NOW)


def image_id(name: str) -> str:
    """The id of an image: begins with a name of hexadecimal digits, else made from its tag."""
    digits = name if re.fullmatch("[0-9a-f]+", name) else sha256(name.encode()).hexdigest()
    return "sha256:" + digits.ljust(64, "0")


def container(
    name: str,
    *,
    exited: str | None = None,
    dead: str | None = None,
    state: str = "created",
    created: str = "300d",
    started: str | None = None,
    code: int = 0,
    restart: str = "no",
    image: str = "busybox:latest",
    networks: str = "",
    network_mode: str = "",
    volumes: str = "",
    labels: Mapping[str, str] | None = None,
) -> Container:
    """A container: exited or dead for so long, else one of `state`, only created if not said."""
    finished = exited if exited is not None else dead
    if finished is not None:
        state, started = ("exited" if dead is None else "dead"), started or finished
    end = ContainerEnd(date(started or ""), date(finished or ""), code, restart)
    return Container(
        id=f"id-{name}",
        name=name,
        image=image,
        image_id=image_id(image),
        state=state,
        status="",
        created=date(created) or NOW,
        networks=tuple(networks.split()),
        network_mode=network_mode,
        volumes=tuple(volumes.split()),
        labels=labels or {},
        end=end if state in {"created", "exited", "dead"} else None,
    )


def running(
    name: str, *, image: str = "busybox:latest", networks: str = "", volumes: str = ""
) -> Container:
    """A container that runs."""
    return container(name, state="running", image=image, networks=networks, volumes=volumes)


def image(
    *tags: str,
    made: str = "300d",
    tagged: str = "",
    pulled_from: str = "",
    parent: str = "",
    layers: str = "",
    labels: Mapping[str, str] | None = None,
) -> Image:
    """An image with these tags, of one layer of its own where `layers` names no others."""
    return untagged(
        image_id(tags[0]).removeprefix("sha256:"),
        tags=tags,
        made=made,
        tagged=tagged,
        pulled_from=pulled_from,
        parent=parent,
        layers=layers,
        labels=labels,
    )


def untagged(
    digits: str,
    *,
    tags: tuple[str, ...] = (),
    made: str = "300d",
    tagged: str = "",
    pulled_from: str = "",
    parent: str = "",
    layers: str = "",
    labels: Mapping[str, str] | None = None,
) -> Image:
    """An image without a tag, whose id begins with these digits. Each layer has 1 MB."""
    own = tuple(layers.split()) or (digits,)
    return Image(
        id=image_id(digits),
        tags=tags,
        digests=(f"{pulled_from}@sha256:{digits.ljust(64, '0')}",) * bool(pulled_from),
        size=len(own) * 10**6,
        created=date(made),
        last_tagged=date(tagged),
        labels=labels or {},
        parent=image_id(parent) if parent else "",
        layers=own,
    )


def network(
    name: str,
    *,
    project: str = "",
    made: str = "300d",
    scope: str = "local",
    ingress: bool = False,
    config_from: str = "",
    labels: Mapping[str, str] | None = None,
) -> Network:
    """A network made by hand, or by Compose for a project."""
    return Network(
        id=f"id-{name}",
        name=name,
        driver="bridge",
        created=date(made),
        scope=scope,
        ingress=ingress,
        config_from=config_from,
        labels={**_project(project), **(labels or {})},
    )


def volume(
    name: str,
    *,
    project: str = "",
    made: str = "300d",
    driver: str = "local",
    labels: Mapping[str, str] | None = None,
) -> Volume:
    """A volume that has a name."""
    return Volume(
        name=name,
        driver=driver,
        created=date(made),
        labels={**_project(project), **(labels or {})},
        size=10**6,
    )


def anonymous(digit: str, *, made: str = "300d", labels: Mapping[str, str] | None = None) -> Volume:
    """A volume that nobody named, as engines label it since API 1.42."""
    return volume(digit * 64, made=made, labels={**ANONYMOUS, **(labels or {})})


def record(
    name: str,
    *,
    used: str = "",
    made: str = "300d",
    kind: str = "regular",
    in_use: bool = False,
    shared: bool = False,
    parents: str = "",
) -> CacheRecord:
    """A record of the build cache, of 1 MB."""
    return CacheRecord(
        id=name,
        kind=kind,
        size=10**6,
        created=date(made),
        last_used=date(used),
        in_use=in_use,
        shared=shared,
        parents=tuple(parents.split()),
    )


def clean(
    *things: Thing,
    kinds: str = "",
    everything: bool = False,
    grace: str = "10m",
    older_than: str = "",
    unused_for: str = "",
    until: str = "",
    keep_last: int | None = None,
    keep: str = "",
    label: str = "",
    project: str | None = None,
    named_volumes: str = "",
    show_kept: bool = False,
    api: tuple[int, ...] = NEWEST_API,
    uses: Mapping[str, str] | None = None,
) -> Plan:
    """The plan for these things: of the `kinds` that were said, else of all that are there.

    The options are those of the command line, `everything` is -a; several words are several values.
    Containers have their image, unless images are looked at too.
    """
    asked = tuple(kinds.split()) or tuple({KIND_OF[type(thing)]: None for thing in things})
    options = CleanOptions(
        kinds=asked,
        all=everything,
        grace=parse_grace(grace),
        older_than=parse_age(older_than, NOW) if older_than else None,
        unused_for=parse_age(unused_for, NOW) if unused_for else None,
        created_before=parse_age(until, NOW) if until else None,
        keep_last=keep_last,
        keep=tuple(parse_keep(pattern, "--keep") for pattern in keep.split()),
        labels=tuple(parse_label_filter(text, "--label") for text in label.split()),
        project=project,
        named_volumes=tuple(named_volumes.split()),
        show_kept=show_kept,
    )
    containers = tuple(thing for thing in things if isinstance(thing, Container))
    images = tuple(thing for thing in things if isinstance(thing, Image))
    if "images" not in asked:
        images += tuple(map(image, {each.image: None for each in containers}))
    state = CleanState(
        now=NOW,
        api_version=api,
        containers=containers,
        images=images,
        networks=tuple(thing for thing in things if isinstance(thing, Network)),
        volumes=tuple(thing for thing in things if isinstance(thing, Volume)),
        cache=tuple(thing for thing in things if isinstance(thing, CacheRecord)),
        uses={name: moment for name, age in (uses or {}).items() if (moment := date(age))},
    )
    return plan_of(state, options)


def plan_of(state: CleanState, options: CleanOptions) -> Plan:
    """The plan for a state, with its bytes."""
    decision = decide(state, options)
    stock = Stock(state.images, state.cache, state.store)
    return plan_clean(decision, options, forecast(stock, decision.images_and_cache, {}))


def shown(plan: Plan) -> str:
    """The plan's text as users see it."""
    return "\n".join(inventory(plan, 100, colour=False))


def page(text: str) -> str:
    """A text as it stands in a test, without the indentation there."""
    return cleandoc(text)


def removed(plan: Plan) -> list[str]:
    """The names of what goes, in the order of removal."""
    return [operation.target.name for operation in plan.operations]


def kept(plan: Plan) -> dict[str, str]:
    """Why each thing stays, by its name."""
    return {each.name: f"{each.rule} {each.detail}".strip() for each in plan.kept}


def undo(plan: Plan) -> dict[str, str]:
    """What undo could do for each thing that goes, by its name."""
    return {
        operation.target.name: operation.undo.value
        for operation in plan.operations
        if isinstance(operation, Removal)
    }


def waits(plan: Plan) -> dict[str, list[str]]:
    """Whose removal each one waits for, by names; what waits for nothing is left out."""
    names = {operation.target.id: operation.target.name for operation in plan.operations}
    return {
        operation.target.name: [names[each] for each in operation.after]
        for operation in plan.operations
        if operation.after
    }


def _project(name: str) -> dict[str, str]:
    return {"com.docker.compose.project": name} if name else {}
