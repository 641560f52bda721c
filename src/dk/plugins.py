"""Docker's CLI plugins on this host: where they are, and what they say of themselves."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, NamedTuple

from dk.programs import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

PATIENCE = 5.0
"""Seconds that a program has for its answer. Docker's plugins take some hundredths of one."""

SYSTEM_FOLDERS = (
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
)


class Program(NamedTuple):
    """A program that was found; `trouble` says why it is of no use, empty where it is."""

    path: str
    version: str = ""
    trouble: str = ""


def folders(config_folder: Path, extra: Iterable[str]) -> tuple[Path, ...]:
    """Return where plugins are looked for, in docker's order (docker/cli cli-plugins/manager).

    `extra` is `cliPluginsExtraDirs` of config.json.
    """
    return (
        *map(Path, extra),
        config_folder / "cli-plugins",
        *map(Path, SYSTEM_FOLDERS),
    )


def plugin(name: str, places: Iterable[Path], environ: Mapping[str, str]) -> Program | None:
    """Return docker's plugin of that name: the first file there is, as docker takes no other."""
    for folder in places:
        path = folder / f"docker-{name}"
        try:
            path.stat()
        except OSError:
            continue
        return _described(str(path), environ)
    return None


def standalone_compose(environ: Mapping[str, str]) -> Program | None:
    """Return the `docker-compose` of PATH, the form that Compose had before it was a plugin."""
    path = which("docker-compose", path=environ.get("PATH"))
    if path is None:
        return None
    return _asked(path, ("version", "--short"), environ, lambda text: text.split()[-1])


def _described(path: str, environ: Mapping[str, str]) -> Program:
    return _asked(path, ("docker-cli-plugin-metadata",), environ, _plugin_version)


def _plugin_version(metadata: str) -> str:
    """Read a plugin's metadata; KeyError where docker would not take it (cli-plugins/metadata)."""
    data = json.loads(metadata)
    if not (data["SchemaVersion"] and data["Vendor"]):
        raise KeyError
    return str(data.get("Version") or "")


def _asked(
    path: str, question: tuple[str, ...], environ: Mapping[str, str], read: Callable[[str], str]
) -> Program:
    try:
        answer = ask([path, *question], environ, patience=PATIENCE)
    except OSError as error:
        return Program(path, trouble=f"can't be run: {(error.strerror or str(error)).lower()}")
    if answer is None:
        return Program(path, trouble=f"did not finish its answer within {PATIENCE:g} s")
    if answer.exit_code:
        return Program(path, trouble=f"failed with exit code {answer.exit_code} when asked")
    try:
        return Program(path, read(answer.text))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Program(path, trouble="does not answer as its kind does")
