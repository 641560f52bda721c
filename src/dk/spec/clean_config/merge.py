"""How the voices are heard together, and what is noted of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from dk.errors import UsageError
from dk.spec.age import write_duration
from dk.spec.clean_config.places import Said
from dk.spec.clean_config.prune_filters import prune_filters
from dk.spec.clean_options import DEFAULT_KINDS, KINDS, Age, Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from dk.spec.clean_config.voice import Voice
    from dk.spec.clean_options import LabelFilter, PruneConfig

T = TypeVar("T")

DEFAULT = "default"
"""The source of what nobody said."""


class Merge:
    """Lets the voices speak in their order, and notes who was heard."""

    def __init__(self, user: Voice, dk_toml: Voice, flags: Voice) -> None:
        self.user = user
        self.dk_toml = dk_toml
        self.flags = flags
        self.notices: list[str] = []
        self.settings: list[Setting] = []

    def one(
        self,
        name: str,
        of: Callable[[Voice], Said[T] | None],
        default: T,
        rank: Callable[[T], Any],
    ) -> T:
        """Return the value in force; the higher its rank, the narrower it is."""
        heard = of(self.user) or Said(default, DEFAULT)
        asked = of(self.dk_toml)
        if said := of(self.flags):
            heard = said
        elif asked and rank(asked.value) > rank(heard.value):
            heard = asked
        elif asked and rank(asked.value) < rank(heard.value):
            self._leave_out(name, asked.source)
        self.settings.append(Setting(name, _shown(heard.value), heard.source))
        return heard.value

    def age(
        self, name: str, of: Callable[[Voice], Said[Age | None] | None], now: datetime
    ) -> Age | None:
        """Return the age in force; what lies further back is narrower."""
        return self.one(name, of, None, lambda age: now - age.before(now) if age else timedelta())

    def union(
        self,
        name: str,
        of: Callable[[Voice], tuple[Said[T], ...]],
        write: Callable[[T], str],
    ) -> tuple[T, ...]:
        """Return what all voices say, each thing once, as the user's own where it is."""
        items: dict[str, Said[T]] = {}
        for voice in (self.user, self.flags, self.dk_toml):
            for item in of(voice):
                items.setdefault(write(item.value), item)
        self._note_items(name, [Said(text, item.source) for text, item in items.items()])
        return tuple(item.value for item in items.values())

    def kinds(self) -> tuple[str, ...]:
        """Return the kinds in dk's order. Raises UsageError where the flags contradict."""
        flags = self.flags
        volumes, named = flags.volumes, flags.named_volumes
        if flags.kinds:
            kinds, sources = {each.value for each in flags.kinds.value}, [flags.kinds.source]
            asked = "volumes" in kinds or (volumes is not None and volumes.value)
            if named and not asked:
                raise UsageError(
                    f"{named.source}: volumes are not among the kinds", fix="add the kind volumes"
                )
        else:
            kinds, sources = self._kinds_of_files()
            asked = named is not None
            if named and volumes is None:
                volumes = Said(True, named.source)
        if volumes and not volumes.value and asked:
            raise UsageError(
                f"{volumes.source} says no volumes, and they are asked for too",
                fix="leave one of the two out",
            )
        if volumes:
            _with_or_without(volumes, kinds, sources)
        in_order = tuple(kind for kind in KINDS if kind in kinds)
        self.settings.append(Setting("kinds", in_order, ", ".join(sources)))
        return in_order

    def _kinds_of_files(self) -> tuple[set[str], list[str]]:
        kinds, sources = set(DEFAULT_KINDS), [DEFAULT]
        user, project = self.user, self.dk_toml
        if user.kinds:
            kinds, sources = {each.value for each in user.kinds.value}, [user.kinds.source]
        if user.volumes:
            _with_or_without(user.volumes, kinds, sources)
        if project.kinds:
            for each in project.kinds.value:
                if each.value not in kinds:
                    self._leave_out(f"the kind {each.value}", each.source)
            left = kinds & {each.value for each in project.kinds.value}
            if left != kinds:
                kinds = left
                sources.append(project.kinds.source)
        if project.volumes and not project.volumes.value:
            _with_or_without(project.volumes, kinds, sources)
        elif project.volumes and "volumes" not in kinds and self.flags.volumes is None:
            self._leave_out("volumes", project.volumes.source)
        return kinds, sources

    def named_volumes(self) -> tuple[str, ...]:
        """Return the globs of the flags, else of the user's file as far as dk.toml has them too."""
        said = self.flags.named_volumes or self.user.named_volumes
        globs = said.value if said else ()
        asked = self.dk_toml.named_volumes
        if asked and not self.flags.named_volumes:
            known = {each.value for each in globs}
            for each in asked.value:
                if each.value not in known:
                    self._leave_out(f"named-volumes {each.value}", each.source)
            wanted = {each.value for each in asked.value}
            globs = tuple(each for each in globs if each.value in wanted)
        self._note_items("named-volumes", globs)
        return tuple(each.value for each in globs)

    def project(self) -> str | None:
        """Return the Compose project; dk.toml may set one, but not another."""
        heard = self.flags.project or self.user.project
        asked = self.dk_toml.project
        if heard is None:
            heard = asked
        elif asked and asked.value != heard.value and not self.flags.project:
            self._leave_out("project", asked.source)
        self._note_items("project", (heard,) if heard else ())
        return heard.value if heard else None

    def prune_filters(
        self, prune: PruneConfig | None, now: datetime
    ) -> tuple[tuple[LabelFilter, ...], Age | None]:
        """Return the label filters and the `until` of docker's config.json."""
        if prune is None:
            return (), None
        # A filter of docker's that dk.toml's labels contradict would be left out: not asked here.
        own = [each.value for each in (*self.user.label, *self.flags.label)]
        labels, until = prune_filters(prune, own, now)
        for each in labels:
            name = "label!" if each.negated else "label"
            self.settings.append(Setting(name, each.text, each.source))
        if until:
            self.settings.append(Setting("until", until.text, prune.file))
        return labels, until

    def _leave_out(self, what: str, source: str) -> None:
        self.notices.append(f"{source}: {what} is left out: a dk.toml can only keep more")

    def _note_items(self, name: str, items: Iterable[Said[str]]) -> None:
        settings = [Setting(name, item.value, item.source) for item in items]
        self.settings += settings or [Setting(name, None, DEFAULT)]


def _shown(value: Any) -> bool | int | str | None:
    if isinstance(value, timedelta):
        return write_duration(value)
    return value.text if isinstance(value, Age) else value


def _with_or_without(volumes: Said[bool], kinds: set[str], sources: list[str]) -> None:
    """Change the kinds to what was said of volumes; note who said it where that is news."""
    if volumes.value == ("volumes" in kinds):
        return
    kinds ^= {"volumes"}
    sources.append(volumes.source)
