"""From what was said, in flags and in files, to the options of `dk clean`.

Four voices speak, each over those before it:

1. dk's defaults.
2. The user's config.toml, table `[clean]`; its keys are the long names of the flags.
3. The project's dk.toml, the same table. A checkout may come from a stranger, so it only ever
   narrows: what would let more go is left out, with a notice.
4. The flags. What the user says now is the user's own word, also where dk.toml is narrower.

`keep` and `label` are lists that narrow, so they add up over all voices. What docker's config.json
says in `pruneFilters` comes on top.

`--named-volumes` as a flag asks for the kind `volumes` too; in a file it only says which named ones
go once that kind is asked for.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from dk.errors import UsageError
from dk.spec.age import parse_age, parse_grace, parse_until, write_duration
from dk.spec.clean_options import (
    DEFAULT_GRACE,
    DEFAULT_KINDS,
    KINDS,
    Age,
    CleanOptions,
    LabelFilter,
    Resolved,
    Setting,
    parse_kind,
    parse_label_filter,
)
from dk.spec.keep_pattern import compile_glob, parse_keep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from dk.spec.clean_options import KeepPattern, PruneConfig, SaidFlags

T = TypeVar("T")

TABLE = "clean"
KEYS = (
    "all", "grace", "keep", "keep-last", "kinds", "label", "named-volumes", "older-than", "project",
    "unused-for", "volumes",
)  # fmt: skip
"""What `[clean]` may hold."""
DEFAULT = "default"
"""The source of what nobody said."""


class ConfigFile(NamedTuple):
    """A TOML file of dk's: its path, what is in it, and the line of each key and list item."""

    path: str
    table: Mapping[str, Any]
    lines: Mapping[tuple[str | int, ...], int]

    def place(self, *keys: str | int) -> str:
        """Return FILE:LINE of a key or an item, else of the nearest thing around it."""
        for end in range(len(keys), 0, -1):
            if keys[:end] in self.lines:
                return f"{self.path}:{self.lines[keys[:end]]}"
        return self.path


def clean_options(
    said: SaidFlags,
    user: ConfigFile | None = None,
    project: ConfigFile | None = None,
    prune: PruneConfig | None = None,
    *,
    now: datetime,
) -> Resolved:
    """Return the options that all voices make together.

    `now` has a zone, in which dates without one are read. Raises UsageError for the first thing
    that can't be, with its flag, or its file and line.
    """
    users = _voice(_file_words(user), now)
    projects = _voice(_file_words(project), now)
    flags = _voice(_flag_words(said), now)
    merge = _Merge(users, projects, flags)
    kinds = merge.kinds()
    everything = merge.one("all", lambda voice: voice.all, default=False, rank=lambda it: not it)
    grace = merge.one("grace", lambda voice: voice.grace, DEFAULT_GRACE, lambda it: it)
    older_than = merge.age("older-than", lambda voice: voice.older_than, now)
    unused_for = merge.age("unused-for", lambda voice: voice.unused_for, now)
    keep_last = merge.one("keep-last", lambda voice: voice.keep_last, None, lambda it: it or 0)
    keep = merge.sum("keep", lambda voice: voice.keep, lambda pattern: pattern.text)
    labels = merge.sum("label", lambda voice: voice.label, _label_text)
    compose_project = merge.project()
    named_volumes = merge.named_volumes()
    # dk.toml's labels are not asked: a filter of docker's that they contradict would be left out.
    own = [each.value for each in (*users.label, *flags.label)]
    pruned, until = prune_filters(prune.entries, prune.file, own, now) if prune else ((), None)
    merge.settings += [
        Setting("label!" if each.negated else "label", _label_text(each), each.source)
        for each in pruned
    ]
    if prune and until:
        merge.settings.append(Setting("until", until.text, prune.file))
    options = CleanOptions(
        kinds=kinds,
        all=everything,
        grace=grace,
        older_than=older_than,
        unused_for=unused_for,
        created_before=until,
        keep_last=keep_last,
        keep=keep,
        labels=labels + pruned,
        project=compose_project,
        named_volumes=named_volumes,
        show_kept=said.show_kept,
    )
    return Resolved(options, tuple(merge.notices), tuple(merge.settings))


def prune_filters(
    entries: Iterable[str], file: str, own: Iterable[LabelFilter], now: datetime
) -> tuple[tuple[LabelFilter, ...], Age | None]:
    """Return the label filters and the `until` of docker's `pruneFilters`.

    As docker/cli `PruneFilters`: a label filter that says the contrary of one of the user's `own`,
    or of one before it, is left out. What docker sends on and the engine refuses, another filter or
    a second `until`, is a UsageError, and so is an entry that docker skips for want of a `=`.
    """
    labels: list[LabelFilter] = []
    said: set[tuple[str, str | None, bool]] = {(each.key, each.value, each.negated) for each in own}
    until: Age | None = None
    for entry in entries:
        key, equals, value = entry.partition("=")
        with _at(f"{file}: pruneFilters: {entry}"):
            if equals and key in {"label", "label!"}:
                wish = parse_label_filter(value, file, negated=key == "label!")
                terms = (wish.key, wish.value, wish.negated)
                contrary = (wish.key, wish.value, not wish.negated)
                if not {terms, contrary} & said:
                    said.add(terms)
                    labels.append(wish)
            elif equals and key == "until":
                if until is not None and until.text != value:
                    raise UsageError("there is another until", fix="leave one of them")
                until = parse_until(value, now)
            else:
                raise UsageError(
                    "no filter that dk knows",
                    "there can be label=…, label!=… and until=…",
                    "correct it or take it out",
                )
    return tuple(labels), until


class Said(NamedTuple, Generic[T]):
    """A value, and where it was said: a flag, or a file and its line."""

    value: T
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Voice:
    """What one voice says. An age or a count of None turns the rule off."""

    kinds: Said[tuple[Said[str], ...]] | None
    volumes: Said[bool] | None
    all: Said[bool] | None
    grace: Said[timedelta] | None
    older_than: Said[Age | None] | None
    unused_for: Said[Age | None] | None
    keep_last: Said[int | None] | None
    keep: tuple[Said[KeepPattern], ...]
    label: tuple[Said[LabelFilter], ...]
    project: Said[str] | None
    named_volumes: Said[tuple[Said[str], ...]] | None


def _voice(words: _Words, now: datetime) -> _Voice:
    keep = words.items("keep", lambda value, source: parse_keep(_text(value), source))
    label = words.items("label", lambda value, source: parse_label_filter(_text(value), source))
    return _Voice(
        kinds=words.items("kinds", lambda value, _: parse_kind(_text(value))),
        volumes=words.one("volumes", _bool),
        all=words.one("all", _bool),
        grace=words.one("grace", lambda value: parse_grace(_age_text(value))),
        older_than=words.one("older-than", lambda value: _age(value, now)),
        unused_for=words.one("unused-for", lambda value: _age(value, now)),
        keep_last=words.one("keep-last", _count),
        keep=keep.value if keep else (),
        label=label.value if label else (),
        project=words.one("project", _filled),
        named_volumes=words.items("named-volumes", lambda value, _: _glob(value)),
    )


class _Words(NamedTuple):
    """The values of one voice by their keys, as they were written."""

    values: Mapping[str, Any]
    file: ConfigFile | None = None

    def one(self, key: str, read: Callable[[Any], T]) -> Said[T] | None:
        if key not in self.values:
            return None
        with _at(self._name(key)):
            return Said(read(self.values[key]), self._place(key))

    def items(self, key: str, read: Callable[[Any, str], T]) -> Said[tuple[Said[T], ...]] | None:
        if key not in self.values:
            return None
        values = self.values[key]
        if not isinstance(values, list | tuple):
            raise UsageError(f"{self._name(key)}: not a list", fix=f'write {key} = ["…"]')
        found = []
        for index, value in enumerate(values):
            source = self._place(key, index)
            with _at(self._name(key, index)):
                found.append(Said(read(value, source), source))
        return Said(tuple(found), self._place(key))

    def _place(self, *keys: str | int) -> str:
        if self.file is not None:
            return self.file.place(TABLE, *keys)
        return "KIND" if keys[0] == "kinds" else f"--{keys[0]}"

    def _name(self, *keys: str | int) -> str:
        return f"{self._place(*keys)}: {keys[0]}" if self.file else self._place(*keys)


def _flag_words(said: SaidFlags) -> _Words:
    values = {key: getattr(said, key.replace("-", "_")) for key in KEYS}
    return _Words({key: value for key, value in values.items() if value not in (None, ())})


def _file_words(file: ConfigFile | None) -> _Words:
    if file is None or TABLE not in file.table:
        return _Words({})
    values = file.table[TABLE]
    if not isinstance(values, dict):
        raise UsageError(f"{file.place(TABLE)}: {TABLE} is not a table", fix=f"write [{TABLE}]")
    for key in values:
        if key not in KEYS:
            raise _unknown_key(file, key)
    return _Words(values, file)


def _unknown_key(file: ConfigFile, key: str) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(key.lower().replace("_", "-"), KEYS, n=1)
    return UsageError(
        f"{file.place(TABLE, key)}: [{TABLE}] has no key {key!r}",
        "" if near else f"the keys are {', '.join(KEYS)}",
        f"write {near[0]}" if near else "correct it or take it out",
    )


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Put the place before what a UsageError says."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{place}: {error.what}", error.why, error.fix) from None


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{value!r} is not true or false", fix="write true or false, unquoted")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{value!r} is not a text", fix="write it in quotes")
    return value


def _filled(value: Any) -> str:
    if not _text(value).strip():
        raise UsageError("the name is empty", fix="name the project, or leave this out")
    return _text(value)


def _glob(value: Any) -> str:
    compile_glob(_text(value))
    return _text(value)


def _count(value: Any) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise UsageError(f"{value!r} is not a whole number", fix="e.g. 3")
    if value < 0:
        raise UsageError(f"{value} is less than 0", fix="e.g. 3; 0 turns it off")
    return value or None


def _age_text(value: Any) -> str:
    """Return how an age would be said as a flag; TOML has numbers and dates of its own."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return _text(value)


def _age(value: Any, now: datetime) -> Age | None:
    age = parse_age(_age_text(value), now)
    return None if age.duration == timedelta() else age


def _label_text(label: LabelFilter) -> str:
    return label.key if label.value is None else f"{label.key}={label.value}"


def _shown(value: Any) -> bool | int | str | None:
    if isinstance(value, timedelta):
        return write_duration(value)
    return value.text if isinstance(value, Age) else value


class _Merge:
    """Lets the voices speak in their order, and notes who was heard."""

    def __init__(self, user: _Voice, project: _Voice, flags: _Voice) -> None:
        self.user = user
        self.dk_toml = project
        self.flags = flags
        self.notices: list[str] = []
        self.settings: list[Setting] = []

    def one(
        self,
        name: str,
        of: Callable[[_Voice], Said[T] | None],
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
        self, name: str, of: Callable[[_Voice], Said[Age | None] | None], now: datetime
    ) -> Age | None:
        """Return the age in force; what lies further back is narrower."""
        return self.one(name, of, None, lambda age: now - age.before(now) if age else timedelta())

    def sum(
        self,
        name: str,
        of: Callable[[_Voice], tuple[Said[T], ...]],
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
            _add_or_take_out(volumes, kinds, sources)
        in_order = tuple(kind for kind in KINDS if kind in kinds)
        self.settings.append(Setting("kinds", in_order, ", ".join(sources)))
        return in_order

    def _kinds_of_files(self) -> tuple[set[str], list[str]]:
        kinds, sources = set(DEFAULT_KINDS), [DEFAULT]
        user, project = self.user, self.dk_toml
        if user.kinds:
            kinds, sources = {each.value for each in user.kinds.value}, [user.kinds.source]
        if user.volumes:
            _add_or_take_out(user.volumes, kinds, sources)
        if project.kinds:
            for each in project.kinds.value:
                if each.value not in kinds:
                    self._leave_out(f"the kind {each.value}", each.source)
            left = kinds & {each.value for each in project.kinds.value}
            if left != kinds:
                kinds = left
                sources.append(project.kinds.source)
        if project.volumes and not project.volumes.value:
            _add_or_take_out(project.volumes, kinds, sources)
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

    def _leave_out(self, what: str, source: str) -> None:
        self.notices.append(f"dk.toml can't widen: {what} is left out ({source})")

    def _note_items(self, name: str, items: Iterable[Said[str]]) -> None:
        settings = [Setting(name, item.value, item.source) for item in items]
        self.settings += settings or [Setting(name, None, DEFAULT)]


def _add_or_take_out(volumes: Said[bool], kinds: set[str], sources: list[str]) -> None:
    if volumes.value == ("volumes" in kinds):
        return
    kinds ^= {"volumes"}
    sources.append(volumes.source)
