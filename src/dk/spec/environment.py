"""The environment of a container: from `-e` and env files, in docker's own order."""

from __future__ import annotations

from itertools import groupby, takewhile
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from dk.errors import UsageError
from dk.spec.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from dk.spec.env_file import EnvEntry

FILE_MARKS = (".", "/", "~")
"""What an `-e` value begins with where it names an env file; no variable's name can."""


class Variable(NamedTuple):
    """One `-e`: `KEY=VALUE`, or `KEY` taken over; a value of None unsets the image's own."""

    key: str
    value: Secret | None
    inherited: bool = False


class EnvFile(NamedTuple):
    """An env file that was read; `docker_agrees` if docker's own rules give the same values."""

    path: str
    entries: tuple[EnvEntry, ...]
    docker_agrees: bool


Source = Variable | EnvFile


def read_environment(
    env_files: Sequence[str],
    env: Sequence[str],
    environ: Mapping[str, str],
    read_file: Callable[[str], bytes],
) -> tuple[Source, ...]:
    """Return the sources of a container's environment in docker's order: files, then `-e`.

    `--env-file` follows docker's rules, an `-e` that begins with `.`, `/` or `~` Compose's.
    """
    sources: list[Source] = [_docker_file(path, environ, read_file) for path in env_files]
    for text in env:
        if text.startswith(FILE_MARKS):
            path = (
                environ["HOME"] + text[1:] if text.startswith("~/") and "HOME" in environ else text
            )
            sources.append(_compose_file(path, environ, read_file))
        else:
            sources.append(_variable(text, environ))
    return tuple(sources)


def _variable(text: str, environ: Mapping[str, str]) -> Variable:
    """As docker/cli opts/env.go `ValidateEnv`: only an empty name is refused."""
    key, equals, value = text.partition("=")
    if not key:
        raise UsageError("-e: a variable without a name", fix="-e KEY=VALUE")
    if "\x00" in text:
        raise UsageError(f"-e {key}: holds a NUL byte", "no environment can carry one")
    if equals:
        return Variable(key, Secret(value))
    return Variable(key, Secret(environ[key]) if key in environ else None, inherited=True)


def _docker_file(
    path: str, environ: Mapping[str, str], read_file: Callable[[str], bytes]
) -> EnvFile:
    from dk.spec.env_file import parse_docker

    entries = parse_docker(read_file(path), path, environ)
    return EnvFile(path, tuple(entries), docker_agrees=True)


def _compose_file(
    path: str, environ: Mapping[str, str], read_file: Callable[[str], bytes]
) -> EnvFile:
    from dk.spec.env_file import parse_compose, parse_docker

    data = read_file(path)
    entries = parse_compose(data, path, environ)
    try:
        by_docker = parse_docker(data, path, environ)
    except UsageError:
        agrees = False
    else:
        agrees = _values(entries) == _values(by_docker)
    return EnvFile(path, tuple(entries), agrees)


def _values(entries: Sequence[EnvEntry]) -> dict[str, str | None]:
    return {entry.key: entry.value.reveal() if entry.value else None for entry in entries}


def assignments(sources: Sequence[Source]) -> Iterator[str]:
    """Yield what the engine is sent: `KEY=VALUE`, or `KEY` for one that an `-e` unsets."""
    files, variables = _settled(sources)
    whole = [pair for file in files for pair in _pairs(file)]
    for key, value in whole + [(key, value) for key, value, _ in variables]:
        yield key if value is None else f"{key}={value.reveal()}"


def docker_words(sources: Sequence[Source]) -> tuple[list[str | Secret], list[str]]:
    """Return docker's words for the same environment, and notes on where hidden values come from.

    A file stays a file where docker reads it the same and nothing was set before it; otherwise
    each of its variables is passed by name.
    """
    files, variables = _settled(sources)
    words: list[str | Secret] = [word for file in files for word in ("--env-file", file.path)]
    notes: list[str] = []
    for source, group in groupby(variables, key=itemgetter(2)):
        names: list[str] = []
        for key, value, _ in group:
            if value is None or (isinstance(source, Variable) and source.inherited):
                words += ["-e", key]
            else:
                shown = f"{key}=…" if _docker_reads(key) else key
                words += ["-e", Secret(f"{key}={value.reveal()}", shown=shown)]
                names.append(key)
        notes += _notes(source, names)
    return words, notes


def _docker_reads(name: str) -> bool:
    """Whether exporting the variable would change docker itself, or the shell that starts it."""
    return name.startswith("DOCKER_") or name in {"HOME", "PATH", "IFS", "UID", "EUID", "PPID"}


def _notes(source: Source, names: Sequence[str]) -> Iterator[str]:
    """Yield where the values of `names` come from, and how docker is to get them."""
    if isinstance(source, EnvFile):
        origin = f"from {source.path}, by Compose's rules"
    else:
        origin = "your own value"
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
    """Yield a hint for each `-e NAME` that is not set while a file of that name is there."""
    for source in sources:
        unset = isinstance(source, Variable) and source.inherited and source.value is None
        if isinstance(source, Variable) and unset and exists(source.key):
            yield f"-e {source.key}: not set; to read the file of that name: -e ./{source.key}"


def _goes_whole(source: Source) -> bool:
    return isinstance(source, EnvFile) and source.docker_agrees


def _pairs(source: Source) -> list[tuple[str, Secret | None]]:
    if isinstance(source, Variable):
        return [(source.key, source.value)]
    return [(entry.key, entry.value) for entry in source.entries if entry.value is not None]
