"""Where the journal is: a folder for each engine, a file for each run."""

from __future__ import annotations

import fcntl
import hashlib
import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from dk.engine.config_file import home

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEPT = timedelta(days=30)
"""So long a run can be undone: older files go when the next one is made."""

EMPTY = timedelta(days=1)
"""So long the folder of an engine without runs stays."""

SUFFIX = ".jsonl"

_FORM = "%Y%m%d-%H%M%S"
_RUN = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
_LONGEST_NAME = 100


def state_folder(environ: Mapping[str, str]) -> Path:
    """Return dk's folder in `$XDG_STATE_HOME`, else in `~/.local/state`.

    As the XDG Base Directory Specification has it, a folder that is not absolute does not count.
    """
    folder = Path(environ.get("XDG_STATE_HOME") or "")
    if not folder.is_absolute():
        folder = home(environ) / ".local" / "state"
    return folder / "dk"


def journal_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder that holds those of all engines."""
    return state_folder(environ) / "journal"


def engine_folder(environ: Mapping[str, str], engine_id: str) -> Path:
    """Return the folder of one engine; its id, or address, is made safe for the name of a file."""
    # The colons of older engines' ids stand always at the same places.
    name = re.sub(r"[^0-9A-Za-z-]", "-", engine_id)[:_LONGEST_NAME]
    if not re.fullmatch(r"[0-9A-Za-z:-]+", engine_id) or len(engine_id) > _LONGEST_NAME:
        name += f"-{hashlib.sha256(engine_id.encode()).hexdigest()[:8]}"
    return journal_folder(environ) / name


def new_run_id(now: datetime) -> str:
    """Return a name for a run that sorts by time, in UTC: 20261124-115003-3f2a."""
    return f"{now.astimezone(UTC):{_FORM}}-{secrets.token_hex(2)}"


def runs_in(folder: Path) -> list[str]:
    """Return the ids of the runs in a folder, the latest first; none where there is no folder."""
    try:
        names = [file.name for file in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    runs = (name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX))
    return sorted((run for run in runs if _RUN.fullmatch(run)), reverse=True)


def file_of(folder: Path, run: str) -> Path:
    """Return the file of a run."""
    return folder / f"{run}{SUFFIX}"


def sweep(environ: Mapping[str, str], now: datetime) -> None:
    """Remove the files of all engines that are too old, but those that are being written.

    What can't be removed stays.
    """
    oldest = f"{now.astimezone(UTC) - KEPT:{_FORM}}"
    for folder in folders(environ):
        with suppress(OSError):
            runs = runs_in(folder)
            for run in runs:
                if run < oldest:
                    _remove(file_of(folder, run))
            # One that was just made is about to get its first file.
            if not runs and folder.stat().st_mtime < (now - EMPTY).timestamp():
                folder.rmdir()


def folders(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders of all engines."""
    with suppress(OSError):
        yield from sorted(each for each in journal_folder(environ).iterdir() if each.is_dir())


def is_locked(descriptor: int) -> bool:
    """Whether another process writes this file; not known where there are no locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def _remove(file: Path) -> None:
    with suppress(OSError), file.open("rb") as opened:
        if not is_locked(opened.fileno()):
            file.unlink()
