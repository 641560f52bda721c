"""What dk destroys, written down before it goes.

A file holds one line for each event. Whole lines are written in one call, so a process that is
killed leaves at most its last line torn. What was written outlives the process at once, since the
system has it; against a power cut it is brought to the disk when the run begins, then at most once
a second, and at the end: a thousand removals would take seconds otherwise, and of the last second
the engine's own disk may know as little.

The lines hold the values of secrets, since undo needs them. They are never shown.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from dk.errors import DkError
from dk.journal.folder import engine_folder, file_of, new_run_id, state_folder, sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from dk.plan import Json, Memory

VERSION = 1
SYNC_SECONDS = 1.0


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


class Journal:
    """The file of one run. Threads may share it.

    It is locked while the run lasts. A run that destroyed nothing leaves no file.
    """

    def __init__(self, path: Path, descriptor: int, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._descriptor: int | None = descriptor
        self._clock = clock
        self._lock = threading.Lock()
        self._size = 0
        self._synced = 0.0
        self._destroyed: set[tuple[str, str]] = set()  # what is gone, or may be

    @classmethod
    def open(
        cls,
        environ: Mapping[str, str],
        engine_id: str,
        *,
        address: str,
        command: str,
        clock: Callable[[], datetime] = utc_now,
    ) -> Self:
        """Begin the file of a run, before anything is destroyed; older ones than 30 days go.

        `command` is the words after "dk". Raises DkError where it can't be written.
        """
        now = clock()
        sweep(environ, now)
        folder = engine_folder(environ, engine_id)
        path = folder
        try:
            _make_folders(folder, state_folder(environ).parent)
            run, path, descriptor = _new_file(folder, now)
        except OSError as error:
            raise _cannot_write(path, error) from error
        journal = cls(path, descriptor, clock)
        head = {"version": VERSION, "run": run, "engine": engine_id, "address": address}
        try:
            journal._write([{**head, "command": command, "time": _text(now)}])
            journal._sync_now(folder)
        except DkError:
            journal.close()
            raise
        return journal

    def destroying(self, memories: Sequence[Memory]) -> None:
        """Write down what is about to go.

        Raises DkError where that fails: then it must stay.
        """
        now = _text(self._clock())
        self._write(
            [
                {
                    "event": "destroying",
                    "time": now,
                    "kind": memory.kind,
                    "id": memory.id,
                    "name": memory.name,
                    "data": memory.data,
                }
                for memory in memories
            ],
            [(memory.kind, memory.id) for memory in memories],
        )

    def settled(self, memories: Sequence[Memory], *, removed: bool) -> None:
        """Note what became of them.

        What can't be noted is no loss: undo looks at the engine.
        """
        keys = [(memory.kind, memory.id) for memory in memories]
        event = "destroyed" if removed else "kept"
        with suppress(DkError):
            self._write([{"event": event, "kind": kind, "id": each} for kind, each in keys])
        if not removed:
            with self._lock:
                self._destroyed.difference_update(keys)

    def close(self) -> None:
        """End the run; more than once is once."""
        with self._lock:
            descriptor, self._descriptor = self._descriptor, None
            if descriptor is None:
                return
            with suppress(OSError):  # each of it is for the better only
                if self._destroyed:
                    os.fsync(descriptor)
                else:
                    self._path.unlink()
            os.close(descriptor)

    def _write(self, events: list[dict[str, Json]], keys: Sequence[tuple[str, str]] = ()) -> None:
        data = b"".join(_line(event) for event in events)
        with self._lock:
            if self._descriptor is None:
                raise DkError(f"the run is over: {self._path}")
            try:
                self._append(self._descriptor, data)
                self._sync(self._descriptor)
            except OSError as error:
                raise _cannot_write(self._path, error) from error
            self._destroyed.update(keys)

    def _append(self, descriptor: int, data: bytes) -> None:
        """Write all of it or nothing."""
        try:
            if os.write(descriptor, data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            with suppress(OSError):  # the reader leaves a torn line out
                os.ftruncate(descriptor, self._size)
            raise
        self._size += len(data)

    def _sync(self, descriptor: int) -> None:
        now = time.monotonic()
        if now - self._synced >= SYNC_SECONDS:
            os.fsync(descriptor)
            self._synced = now

    def _sync_now(self, folder: Path) -> None:
        """Bring the name of the file to the disk as well."""
        with suppress(OSError):  # not every file system can do it
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _line(event: dict[str, Json]) -> bytes:
    """Return an event as a line; `data` that is JSON in bytes already goes as it is."""
    data = event.get("data")
    if not isinstance(data, bytes):
        return _compact(event) + b"\n"
    if b"\n" in data.strip():
        return _compact({**event, "data": json.loads(data)}) + b"\n"
    others = _compact({key: value for key, value in event.items() if key != "data"})
    return others[:-1] + b',"data":' + data.strip() + b"}\n"


def _compact(value: Json) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _make_folders(folder: Path, state: Path) -> None:
    """Make dk's folders for the user alone; those above as the user has it."""
    state.mkdir(parents=True, exist_ok=True)
    for each in (*reversed(folder.relative_to(state).parents[:-1]), folder.relative_to(state)):
        (state / each).mkdir(mode=0o700, exist_ok=True)


def _new_file(folder: Path, now: datetime) -> tuple[str, Path, int]:
    while True:
        run = new_run_id(now)
        path = file_of(folder, run)
        try:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL
            descriptor = os.open(path, flags, 0o600)
        except FileExistsError:
            continue
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        return run, path, descriptor


def _cannot_write(path: Path, error: OSError) -> DkError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    return DkError(
        f"can't write the journal {path}",
        (error.strerror or str(error)).lower(),
        f"make {'room' if full else 'it writable'}, or add --no-journal (dk undo then can't help)",
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
