"""dk's own configuration files: the user's config.toml and a project's dk.toml."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from dk.engine.config_file import home
from dk.errors import UsageError
from dk.files import read_file
from dk.spec.clean_config.places import ConfigFile
from dk.spec.toml_lines import key_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLES = ("clean",)
"""The tables that the user's file may hold."""
PROJECT_FILE = "dk.toml"
LARGEST = 1 << 20  # bytes

_FIX = "correct it or move it away"


def user_config(environ: Mapping[str, str]) -> ConfigFile | None:
    """Return the user's `$XDG_CONFIG_HOME/dk/config.toml`, else `~/.config/dk/config.toml`.

    None where there is none. As the XDG Base Directory Specification has it, a folder that is not
    absolute does not count. UsageError for a file that can't be read, that is no TOML, or that has
    a table unknown to dk.
    """
    folder = Path(environ.get("XDG_CONFIG_HOME") or "")
    if not folder.is_absolute():
        folder = home(environ) / ".config"
    path = folder / "dk" / "config.toml"
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:  # it may well be there: what it keeps must not be lost
        pass
    file = read_config_file(path)
    for name in file.table:
        if name not in TABLES:
            raise _unknown(file, name)
    return file


def project_config(folder: Path | None = None) -> ConfigFile | None:
    """Return the dk.toml that is nearest upwards from a folder, the working folder if None.

    None where there is none, and where the working folder is removed; a folder above that may not
    be looked into is passed over. UsageError for a file that can't be read or is no TOML.
    """
    if folder is None:
        try:
            folder = Path.cwd()
        except OSError:  # removed, or not to be looked at
            return None
    for each in (folder, *folder.parents):
        if os.path.lexists(each / PROJECT_FILE):
            return read_config_file(each / PROJECT_FILE)
    return None


def read_config_file(path: Path) -> ConfigFile:
    """Return what a TOML file holds, with the lines of its keys. Raises UsageError."""
    import tomllib

    text = _text(path)
    try:
        table = tomllib.loads(text)
        lines = key_lines(text)
    except tomllib.TOMLDecodeError as error:
        why, bad_line = _why_and_line(str(error), text)
        fix = "correct it: a text is in quotes, true and false are not"
        raise UsageError(f"{path}:{bad_line}: not TOML", why, fix) from error
    except (RecursionError, ValueError) as error:  # nested too deep, a number too long
        raise UsageError(f"{path} can't be read as TOML", str(error).lower(), _FIX) from error
    return ConfigFile(str(path), table, lines)


def _unknown(file: ConfigFile, name: str) -> UsageError:
    known = " or ".join(f"[{table}]" for table in TABLES)
    if isinstance(file.table[name], dict):
        return UsageError(f"{file.place(name)}: dk knows no table [{name}]", fix=f"write {known}")
    return UsageError(f"{file.place(name)}: {name} is in no table", fix=f"write it below {known}")


def _text(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except OSError:
        mode = stat.S_IFREG  # let the reader say what is wrong
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise UsageError(f"{path} is not a file but a pipe or a device", fix=_FIX)
    data = read_file(str(path))
    if len(data) > LARGEST:
        raise UsageError(f"{path} is larger than {LARGEST >> 20} MB", fix=_FIX)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}: not UTF-8 text", fix="save it as UTF-8") from error


def _why_and_line(message: str, text: str) -> tuple[str, int]:
    """Return tomllib's message without the place, and the line of that."""
    why, _, place = message.rpartition(" (at ")
    found = re.match(r"line (\d+)", place)
    line = int(found[1]) if found else len(text.rstrip().splitlines()) or 1
    return why[:1].lower() + why[1:], line
