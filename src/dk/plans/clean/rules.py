"""The rules that hold for every kind: what they keep, and in which words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from dk.plan import Kept
from dk.plans.clean.state import latest
from dk.plans.clean.tools import tool_of
from dk.spec.age import write_duration
from dk.spec.elapsed import in_words
from dk.spec.keep_pattern import Keep, image_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dk.plan import Removal
    from dk.spec.clean_options import CleanOptions, LabelFilter

KEEP_LABEL = "dk.keep"
PROJECT_LABEL = "com.docker.compose.project"
SERVICE_LABEL = "com.docker.compose.service"
ONE_OFF_LABEL = "com.docker.compose.oneoff"


@dataclass
class Verdicts:
    """What was decided of one kind: what goes, and what stays by which rule."""

    removals: list[Removal] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    def keep(self, thing: Thing, rule: str, detail: str = "") -> None:
        """Note that something stays."""
        self.kept.append(Kept(thing.kind, thing.names[0], thing.id, rule, detail))


class Thing(NamedTuple):
    """What the rules look at of any resource.

    `since` is the later of made, finished and last tagged, `used` the last use that is known; both
    None where nothing is known. `names` are all the names that a pattern may match.
    """

    kind: str
    id: str
    names: tuple[str, ...]
    labels: Mapping[str, str]
    since: datetime | None
    used: datetime | None = None


class Rules:
    """The rules of one call, at one moment. Asks no engine."""

    def __init__(self, options: CleanOptions, now: datetime) -> None:
        self.options = options
        self.now = now
        self.patterns = Keep(options.keep)

    def excludes(self, thing: Thing) -> str:
        """Return why a thing is not to be touched whatever its state, else nothing."""
        names = _all_names(thing) if self.options.keep else ()
        pattern = self.patterns.matches(names, thing.labels)
        if thing.labels.get(KEEP_LABEL) == "true":
            return f"labelled {KEEP_LABEL}=true"
        if pattern is not None:
            from_file = "" if pattern.source == "--keep" else f" in {pattern.source}"
            return f"keep {pattern.text}{from_file}"
        return self._out_of_scope(thing) or self._of_a_tool(thing)

    def _of_a_tool(self, thing: Thing) -> str:
        tool = "" if self.options.all else tool_of(thing.names[0], thing.labels)
        return f"of {tool} (-a takes it)" if tool else ""

    def _out_of_scope(self, thing: Thing) -> str:
        """Return which of the rules that choose leaves the thing out."""
        project = self.options.project
        if project is not None and thing.labels.get(PROJECT_LABEL) != project:
            return f"not of the project {project}"
        for wanted in self.options.labels:
            if _has(thing.labels, wanted) == wanted.negated:
                whose = "" if wanted.source == "--label" else f" (pruneFilters of {wanted.source})"
                return f"{'' if wanted.negated else 'not '}labelled {wanted.text}{whose}"
        return ""

    def too_young(self, thing: Thing) -> str:
        """Return which rule of age keeps the thing; what has no known date only grace lets go."""
        options = self.options
        last = latest(thing.since, thing.used)
        if last is not None and options.grace and last > self.now - options.grace:
            return f"younger than {write_duration(options.grace)} (--grace)"
        for name, age in (
            ("--older-than", options.older_than),
            ("until", options.created_before),
        ):
            if age is None:
                continue
            if thing.since is None:
                return f"of unknown age ({name})"
            if thing.since > age.before(self.now):
                return f"younger than {age.text} ({name})"
        if options.unused_for is not None:
            if last is None:
                return "of unknown use (--unused-for)"
            if last > options.unused_for.before(self.now):
                return f"used within {options.unused_for.text} (--unused-for)"
        return ""

    def age(self, date: datetime | None) -> str:
        """Return an age in words: "3 days"; empty where the date is not known."""
        return in_words(self.now - date) if date else ""

    def ago(self, date: datetime | None) -> str:
        """Return how long ago something was: "3 days ago"."""
        return f"{in_words(self.now - date)} ago" if date else "at an unknown time"

    def unused(self, thing: Thing) -> str:
        """Return what `--unused-for` may honestly say of a thing, else nothing."""
        last = latest(thing.since, thing.used)
        if self.options.unused_for is None or last is None:
            return ""
        return f", no known use since {last:%Y-%m-%d}"


def _all_names(thing: Thing) -> tuple[str, ...]:
    """Return every name that a pattern may match; an image goes by many."""
    if thing.kind != "image":
        return thing.names
    return tuple(name for each in thing.names for name in image_names(each))


def _has(labels: Mapping[str, str], wanted: LabelFilter) -> bool:
    if wanted.key not in labels:
        return False
    return wanted.value is None or labels[wanted.key] == wanted.value
