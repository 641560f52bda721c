"""Files that a user named, read with errors that say what to do."""

from __future__ import annotations

from pathlib import Path

from dk.errors import UsageError

LARGEST = 64 << 20  # bytes


def read_file(path: str) -> bytes:
    """Return a file's bytes; anything that can't be read is a UsageError."""
    if Path(path).is_dir():
        raise UsageError(f"{path} is a folder", fix="name a file in it")
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(
            f"can't read {path}", (error.strerror or str(error)).lower(), "check the path"
        ) from error
    if len(data) > LARGEST:
        raise UsageError(f"{path} is larger than {LARGEST >> 20} MB", fix="check the path")
    return data
