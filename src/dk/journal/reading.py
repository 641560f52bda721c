"""The runs that the journal has. A torn line, or one of an unknown event, is left out."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dk.errors import DkError, UsageError
from dk.journal.folder import engine_folder, file_of, folders, is_locked, runs_in
from dk.journal.writing import VERSION
from dk.plan import Memory
from dk.plans.undo_state import Entry, Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LIST = "dk undo --list shows all there are"


def runs(environ: Mapping[str, str], engine_id: str) -> Iterator[Run]:
    """Yield the runs on an engine that destroyed something, the latest first."""
    folder = engine_folder(environ, engine_id)
    for run_id in runs_in(folder):
        run = read_run(file_of(folder, run_id))
        if run is not None and run.destroyed:
            yield run


def find_run(environ: Mapping[str, str], engine_id: str, text: str) -> Run:
    """Return the run of that id or unique beginning. Raises UsageError."""
    folder = engine_folder(environ, engine_id)
    there = runs_in(folder)
    found = [run_id for run_id in there if text and run_id.startswith(text)]
    if len(found) > 1:
        raise UsageError(
            f"{text} is the beginning of {len(found)} runs", ", ".join(found[:4]), "type more of it"
        )
    run = read_run(file_of(folder, found[0])) if found else None
    if run is None:
        from dk.plans.names import nearest

        near = nearest(text, there, 0.8)
        raise UsageError(
            f"no run {text} on this engine", fix=f"did you mean {near[0]}?" if near else LIST
        )
    return run


def runs_elsewhere(environ: Mapping[str, str], engine_id: str) -> int:
    """Return how many runs on other engines the journal has."""
    here = engine_folder(environ, engine_id)
    return sum(len(runs_in(folder)) for folder in folders(environ) if folder != here)


def read_run(file: Path) -> Run | None:
    """Return what a file of the journal says, None where it is gone or does not say which run.

    Raises DkError where it can't be read, or was written by a newer dk.
    """
    try:
        with file.open("rb") as opened:
            active = is_locked(opened.fileno())
            lines = opened.read().split(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise DkError(f"can't read the journal {file}", why, "make it readable") from error
    head, *events = [_record(line) for line in lines]
    version = head.get("version")
    if isinstance(version, int) and version > VERSION:
        raise DkError(f"the run {file.stem} was written by a newer dk", fix="update dk")
    try:
        time = datetime.fromisoformat(str(head["time"])).astimezone(UTC)
        about = (str(head["command"]), str(head["engine"]), str(head["address"]), time)
    except (KeyError, ValueError):
        return None
    return Run(file.stem, *about, _entries(events), active)


def note_restored(
    environ: Mapping[str, str], engine_id: str, run: str, memory: tuple[str, str], new_id: str
) -> None:
    """Note under which id something (kind, id) was put back.

    Where that can't be, a second undo says that the name is taken.
    """
    kind, old_id = memory
    event = {"event": "restored", "kind": kind, "id": old_id, "new_id": new_id}
    path = file_of(engine_folder(environ, engine_id), run)
    with suppress(OSError):
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            # A line of its own, even behind a torn one.
            os.write(descriptor, b"\n" + json.dumps(event).encode() + b"\n")
        finally:
            os.close(descriptor)


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def _entries(events: list[dict[str, Any]]) -> tuple[Entry, ...]:
    entries: dict[tuple[str, str], Entry] = {}
    for event in events:
        key = str(event.get("kind")), str(event.get("id"))
        match event.get("event"):
            case "destroying":
                memory = Memory(*key, str(event.get("name")), event.get("data"))
                entries[key] = Entry(memory)
            case "destroyed" | "kept" if key in entries:
                entries[key] = entries[key]._replace(removed=event["event"] == "destroyed")
            case "restored" if key in entries:
                entries[key] = entries[key]._replace(restored=str(event.get("new_id")))
    return tuple(entries.values())
