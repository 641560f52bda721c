"""Which records of the build cache go: those that nothing uses."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from dk.operations.cache import RemoveCacheRecord
from dk.plan import Undo
from dk.plans.clean.rules import Thing, Verdicts
from dk.plans.clean.state import latest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from dk.model import CacheRecord
    from dk.plans.clean.rules import Rules


def plan_cache(records: Collection[CacheRecord], rules: Rules) -> Verdicts:
    """Decide on every record; one that a record which stays builds on stays too."""
    verdicts = Verdicts()
    children: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        for parent in record.parents:
            children[parent].append(record.id)
    going: set[str] = set()
    for record in _children_first(records, children):
        thing = Thing(
            "cache",
            record.id,
            (record.description or record.id, record.kind, record.id),
            {},
            latest(record.created),
            latest(record.last_used),
        )
        rule = rules.excludes(thing) or _stays(record, rules)
        if not rule and any(child not in going for child in children[record.id]):
            rule = "cache that stays builds on it"
        rule = rule or rules.too_young(thing)
        if rule:
            verdicts.keep(thing, rule)
            continue
        going.add(record.id)
        verdicts.removals.append(
            RemoveCacheRecord(
                id=record.id,
                name=thing.names[0],
                since=latest(thing.since, thing.used),
                age=rules.age(latest(thing.since, thing.used)),
                size=record.size,
                undo=Undo.NO,
                planned=rules.now,
                last_used=record.last_used,
                grace=rules.options.grace,
                cause=_cause(record, rules),
                after=tuple(children[record.id]),
            )
        )
    return verdicts


def _stays(record: CacheRecord, rules: Rules) -> str:
    if record.in_use:
        return "in use"
    if record.shared and not rules.options.all:
        return "shared with an image, frees nothing (-a takes it)"
    return ""


def _cause(record: CacheRecord, rules: Rules) -> str:
    if record.last_used is None:
        return f"{record.kind}, never used again"
    return f"{record.kind}, last used {rules.ago(record.last_used)}"


def _children_first(
    records: Collection[CacheRecord], children: defaultdict[str, list[str]]
) -> Iterator[CacheRecord]:
    """Yield every record after all that build on it; one of a circle never."""
    by_id = {record.id: record for record in records}
    waits = {record.id: len(children[record.id]) for record in records}
    ready = [record for record in records if not waits[record.id]]
    for record in ready:  # grows as it is walked
        yield record
        for parent in record.parents:
            if parent in by_id:
                waits[parent] -= 1
                if not waits[parent]:
                    ready.append(by_id[parent])
