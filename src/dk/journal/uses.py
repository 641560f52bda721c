"""When something was last used, as far as dk knows: what it ran, what a removed container had."""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from dk.journal.folder import engine_folder, file_of, runs_in, state_folder
from dk.journal.reading import read_run
from dk.journal.writing import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from dk.plan import Json
    from dk.plans.undo_state import Run

REMEMBERED = timedelta(days=400)
PATIENCE = 0.2
"""Seconds that another dk, which writes just now, is waited for."""

_PAUSE = 0.01


def note_use(
    environ: Mapping[str, str], names: Sequence[str], clock: Callable[[], datetime] = utc_now
) -> None:
    """Note that dk ran these images, by reference or id, just now.

    Whatever is in the way is silence: it is only said for a later `--unused-for`.
    """
    file = _file(environ)
    now = clock()
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if _locked(lock):
                uses = {**read_uses(environ), **dict.fromkeys(names, now)}
                _replace(file, {k: u for k, u in uses.items() if u > now - REMEMBERED})
        finally:
            os.close(lock)


def read_uses(environ: Mapping[str, str]) -> Mapping[str, datetime]:
    """Return when dk last ran each image, by the references and ids that were noted."""
    try:
        uses = json.loads(_file(environ).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    found = {}
    for name, text in uses.items() if isinstance(uses, dict) else ():
        moment = _moment(text)
        if moment is not None:
            found[name] = moment
    return found


def read_past_uses(
    environ: Mapping[str, str], engine_id: str
) -> Mapping[tuple[str, str], datetime]:
    """Return the last use of what the containers in the journal had, by (kind, name or id).

    Images are known by id, volumes by name, networks by both. It is the time when the container
    ended, or was removed while it ran. Raises DkError where the journal can't be read.
    """
    uses: dict[tuple[str, str], datetime] = {}
    folder = engine_folder(environ, engine_id)
    for run_id in runs_in(folder):
        run = read_run(file_of(folder, run_id))
        for key, moment in _past(run) if run else ():
            uses[key] = max(moment, uses.get(key, moment))
    return uses


def _past(run: Run) -> Iterator[tuple[tuple[str, str], datetime]]:
    for entry in run.destroyed:
        if entry.memory.kind == "container":
            with suppress(KeyError, TypeError, AttributeError):  # not as inspect has it
                end = _end(entry.memory.data, run.time)
                if end is not None:
                    yield from ((key, end) for key in _used(entry.memory.data))


def _end(inspected: Json, removed: datetime) -> datetime | None:
    state = inspected["State"]
    if state.get("Running"):
        return removed
    return _moment(state.get("FinishedAt"))


def _used(inspected: Json) -> Iterator[tuple[str, str]]:
    yield "image", inspected["Image"]
    for mount in inspected.get("Mounts") or ():
        if mount.get("Type") == "volume":
            yield "volume", mount["Name"]
    for name, endpoint in (inspected["NetworkSettings"].get("Networks") or {}).items():
        yield "network", name
        if endpoint.get("NetworkID"):
            yield "network", endpoint["NetworkID"]


def _file(environ: Mapping[str, str]) -> Path:
    return state_folder(environ) / "uses.json"


def _locked(descriptor: int) -> bool:
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                return False
            time.sleep(_PAUSE)
        else:
            return True


def _replace(file: Path, uses: Mapping[str, datetime]) -> None:
    aside = file.with_suffix(".new")
    text = json.dumps({name: moment.isoformat() for name, moment in uses.items()})
    with suppress(FileNotFoundError):
        aside.unlink()  # of one that was killed here; the lock is ours
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
    aside.replace(file)


def _moment(text: Json) -> datetime | None:
    """Read a time; None for the year 1 that Go writes where there is none."""
    if not isinstance(text, str) or text.startswith("0001-"):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
