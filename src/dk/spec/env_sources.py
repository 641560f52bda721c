"""The sources of a container's environment, read in docker's own order: env files and `-e`."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from dk.errors import UsageError
from dk.spec.environment import OPTIONAL, EnvFile, EnvFormat, Source, Variable
from dk.spec.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dk.spec.env_file.reading import Reading

FILE_MARKS = (".", "/", "~")
"""What an `-e` value begins with where it names an env file; no variable's name can."""


def read_environment(
    env_files: Sequence[str],
    env: Sequence[str],
    environ: Mapping[str, str],
    read_file: Callable[[str], bytes],
    env_format: str | None = None,
) -> tuple[Source, ...]:
    """Return the sources of a container's environment in docker's order: files, then `-e`.

    `--env-file` follows docker's rules, an `-e` that begins with `.`, `/` or `~` Compose's; both
    those of `env_format` where it is given. A file named with `?` before it may be missing. All
    that is wrong comes at once, as one UsageError.
    """
    chosen = _env_format(env_format)
    reader = _Reader(environ, read_file)
    for text in env_files:
        reader.file(text, chosen or "docker", chosen=chosen is not None)
    for text in env:
        if _is_file(text.removeprefix(OPTIONAL)):
            reader.file(text, chosen or "compose", chosen=chosen is not None, home=True)
        else:
            reader.variable(text)
    if reader.errors:
        raise _all_at_once(reader.errors)
    return tuple(reader.sources)


def _is_file(text: str) -> bool:
    """Whether an `-e` names a file; `.X=1` is a variable, as in docker, `./X=1` a file."""
    return text.startswith(FILE_MARKS) and ("=" not in text or "/" in text.partition("=")[0])


def _env_format(text: str | None) -> EnvFormat | None:
    if text is None:
        return None
    for name in get_args(EnvFormat):
        if text == name:
            known: EnvFormat = name
            return known
    raise UsageError(
        f"--env-format {text!r}: there is no such format",
        "of env files dk knows Compose's, docker's and python-dotenv's",
        "--env-format compose, docker or dotenv",
    )


MOST_COMPARED = 256 * 1024
"""Bytes of a file up to which it is read by the other rules too, for the notices alone."""


class _Reader:
    """Reads one source after the other; what is wrong with one does not hide the next."""

    def __init__(self, environ: Mapping[str, str], read_file: Callable[[str], bytes]) -> None:
        self.environ = environ
        self.read_file = read_file
        self.sources: list[Source] = []
        self.errors: list[UsageError] = []
        self.earlier: dict[str, str] = {}  # what was set so far, for Compose's interpolation

    def variable(self, text: str) -> None:
        try:
            variable = _variable(text, self.environ)
        except UsageError as error:
            self.errors.append(error)
            return
        self.sources.append(variable)
        if variable.value is not None:
            self.earlier[variable.key] = variable.value.reveal()

    def file(self, text: str, rules: EnvFormat, *, chosen: bool, home: bool = False) -> None:
        """Read a file; `chosen` rules are those that were asked for by name."""
        path = text.removeprefix(OPTIONAL)
        if home and path.startswith("~/") and "HOME" in self.environ:
            path = self.environ["HOME"] + path[1:]
        try:
            data = self._data(path, optional=text.startswith(OPTIONAL))
        except UsageError as error:
            self.errors.append(error)
            return
        if data is None:
            return
        reading = self._read(data, rules)
        if reading.problems:
            self.errors.append(reading.error(path))
        else:
            self.sources.append(self._checked(path, data, reading, rules, chosen=chosen))
        self.earlier |= reading.values

    def _data(self, path: str, *, optional: bool) -> bytes | None:
        """Return what is in the file; None where one that may be missing is."""
        if not path:
            raise UsageError("an env file without a name", fix="--env-file FILE")
        try:
            return self.read_file(path)
        except UsageError as error:
            if optional and isinstance(error.__cause__, FileNotFoundError):
                return None
            name, equals, _ = path.partition("=")
            if equals:  # it may have been meant as a variable, whose value is nobody's business
                raise UsageError(f"can't read {name}=…", error.why, error.fix) from error
            raise

    def _read(self, data: bytes, rules: EnvFormat) -> Reading:
        if rules == "docker":
            from dk.spec.env_file.docker import read_docker

            return read_docker(data, self.environ)
        if rules == "dotenv":
            from dk.spec.env_file.dotenv import read_dotenv

            return read_dotenv(data, self.environ)
        from dk.spec.env_file.compose import read_compose

        return read_compose(data, self.environ, self.earlier)

    def _checked(
        self, path: str, data: bytes, reading: Reading, rules: EnvFormat, *, chosen: bool
    ) -> EnvFile:
        """Return the file with what is worth knowing of it, beside the other rules' values."""
        from dk.spec.env_file.comparison import set_twice, values_differ

        by_docker = reading if rules == "docker" else self._read(data, "docker")
        agrees = not by_docker.problems and by_docker.values == reading.values
        notices = []
        if len(data) <= MOST_COMPARED:
            by_compose = reading if rules == "compose" else self._read(data, "compose")
            notices.append(set_twice(reading.entries, by_compose.values))
            if not chosen:  # who says which rules knows them
                notices.append(
                    values_differ(by_docker, by_compose, compose_rules=rules == "compose")
                )
        told = tuple(f"{path}: {notice}" for notice in notices if notice)
        return EnvFile(path, reading.entries, rules, agrees, told)


def _all_at_once(errors: Sequence[UsageError]) -> UsageError:
    """Return one error for all: the first, and what and why of the others."""
    first, *others = errors
    more = [f"also {', '.join(filter(None, (error.what, error.why)))}" for error in others]
    return UsageError(first.what, "; ".join(filter(None, (first.why, *more))), first.fix)


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
