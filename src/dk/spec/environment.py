"""The environment of a container: what is sent of it, and how docker would be told."""

from __future__ import annotations

from itertools import groupby, takewhile
from typing import TYPE_CHECKING, Literal, NamedTuple

from dk.spec.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dk.spec.env_file.reading import EnvEntry

OPTIONAL = "?"
"""What stands before the name of an env file that may be missing."""

EnvFormat = Literal["compose", "docker", "dotenv"]

RULES: dict[EnvFormat, str] = {
    "compose": "Compose's rules",
    "docker": "docker's rules",
    "dotenv": "python-dotenv's rules",
}


class Variable(NamedTuple):
    """One `-e`: `KEY=VALUE`, or `KEY` taken over; a value of None unsets the image's own."""

    key: str
    value: Secret | None
    inherited: bool = False


class EnvFile(NamedTuple):
    """An env file that was read; `docker_agrees` if docker's own rules give the same values.

    `notices` tell of values that docker's and Compose's rules read differently, and of names that
    are set twice.
    """

    path: str
    entries: Sequence[EnvEntry]
    rules: EnvFormat
    docker_agrees: bool
    notices: tuple[str, ...]


Source = Variable | EnvFile


def assignments(sources: Sequence[Source]) -> Iterator[str]:
    """Yield what the engine is sent: `KEY=VALUE`, or `KEY` for one that an `-e` unsets."""
    files, variables = _settled(sources)
    whole = [pair for file in files for pair in _pairs(file)]
    for key, value in whole + [(key, value) for key, value, _ in variables]:
        yield key if value is None else f"{key}={value.reveal()}"


def variable_names(sources: Sequence[Source]) -> set[str]:
    """Return the names of the variables that docker gets by `-e`."""
    return {key for key, _, _ in _settled(sources)[1]}


def docker_words(sources: Sequence[Source]) -> tuple[list[str | Secret], list[str]]:
    """Return docker's words for the same environment, and notes on where hidden values come from.

    A file stays a file where docker reads it the same and nothing was set before it; otherwise
    each of its variables is passed by name.
    """
    files, variables = _settled(sources)
    words: list[str | Secret] = [word for file in files for word in ("--env-file", file.path)]
    notes: list[str] = []
    for origin, group in groupby(variables, key=_origin):
        names: list[str] = []
        for key, value, source in group:
            if value is None or (isinstance(source, Variable) and source.inherited):
                words += ["-e", key]
            else:
                shown = f"{key}=…" if _docker_reads(key) else key
                words += ["-e", Secret(f"{key}={value.reveal()}", shown=shown)]
                names.append(key)
        notes += _notes(origin, names)
    return words, notes


def _origin(variable: tuple[str, Secret | None, Source]) -> str:
    """Return where a value comes from, in words."""
    source = variable[2]
    if isinstance(source, EnvFile):
        return f"from {source.path}, by {RULES[source.rules]}"
    return "values of -e"


def _docker_reads(name: str) -> bool:
    """Whether exporting the variable would change docker itself, or the shell that starts it."""
    return name.startswith("DOCKER_") or name in {"HOME", "PATH", "IFS", "UID", "EUID", "PPID"}


def _notes(origin: str, names: Sequence[str]) -> Iterator[str]:
    """Yield where the values of `names` come from, and how docker is to get them."""
    by_hand = [name for name in names if _docker_reads(name)]
    if by_hand:
        yield f"{origin}; docker reads it too, so write the value in: {' '.join(by_hand)}"
    names = [name for name in names if name not in by_hand]
    exported = [name for name in names if name.isascii() and name.isidentifier()]
    others = [name for name in names if name not in exported]
    if exported:
        yield f"{origin}; export first: {' '.join(exported)}"
    if others:
        from shlex import quote

        words = " ".join(quote(f"{name}=…") for name in others)
        yield f"{origin}; no shell exports such a name, so begin the line with: env -- {words}"


def _settled(
    sources: Sequence[Source],
) -> tuple[list[EnvFile], list[tuple[str, Secret | None, Source]]]:
    """Return the env files that go whole, and the last that was said of each other variable.

    As docker/cli cli/command/container/run.go `runRun`: its env files go whole, and behind them
    the last `-e` of each name. A file by Compose's rules goes whole too where it comes first and
    docker reads it the same. A bare KEY that is not set takes back an earlier `-e KEY=VALUE`,
    but never what a file said.
    """
    files = [file for file in takewhile(_goes_whole, sources) if isinstance(file, EnvFile)]
    last: dict[str, tuple[str, Secret | None, Source]] = {}
    for source in sources[len(files) :]:
        for key, value in _pairs(source):
            if value is None and key in last and isinstance(last[key][2], EnvFile):
                continue
            last.pop(key, None)
            last[key] = (key, value, source)
    return files, list(last.values())


def hints(sources: Sequence[Source], exists: Callable[[str], bool]) -> Iterator[str]:
    """Yield what is worth a notice, each once.

    An `-e NAME` that is not set while a file of that name is there; what env files have.
    """
    yield from dict.fromkeys(hint for source in sources for hint in _hints(source, exists))


def _hints(source: Source, exists: Callable[[str], bool]) -> Iterator[str]:
    if isinstance(source, EnvFile):
        yield from source.notices
    elif source.inherited and source.value is None:
        name = source.key.removeprefix(OPTIONAL)
        if exists(name):
            file = f"{source.key.removesuffix(name)}./{name}"
            yield f"-e {source.key}: not set; to read the file of that name: -e {file}"


def _goes_whole(source: Source) -> bool:
    return isinstance(source, EnvFile) and source.docker_agrees


def _pairs(source: Source) -> list[tuple[str, Secret | None]]:
    if isinstance(source, Variable):
        return [(source.key, source.value)]
    return [(entry.key, entry.value) for entry in source.entries if entry.value is not None]
