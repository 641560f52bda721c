"""Files that a user named, read with errors that say what to do."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from dk.errors import UsageError

LARGEST = 64 << 20  # bytes


def read_file(path: str) -> bytes:
    """Return a file's bytes, those of a pipe once all of them came.

    Anything that can't be read is a UsageError, caused by the OSError.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except IsADirectoryError as error:
        raise UsageError(f"{path} is a folder", fix="name a file in it") from error
    except OSError as error:
        raise UsageError(
            f"can't read {path}", (error.strerror or str(error)).lower(), "check the path"
        ) from error
    if len(data) > LARGEST:
        raise UsageError(f"{path} is larger than {LARGEST >> 20} MB", fix="check the path")
    return data


def make_folder(path: str) -> list[str]:
    """Make a folder and those above it; return the ones that were made, the lowest first."""
    folder = Path(path)
    missing: list[Path] = []
    try:
        # Not Path's own exists(), which raises for a name that is too long.
        missing = [each for each in (folder, *folder.parents) if not os.path.lexists(each)]
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        remove_folders([str(each) for each in missing])
        raise UsageError(
            f"can't make the folder {path}",
            (error.strerror or str(error)).lower(),
            "check the path",
        ) from error
    return [str(each) for each in missing]


def remove_folders(paths: list[str]) -> None:
    """Remove folders that were just made, the lowest first, as long as they are empty."""
    for path in paths:
        with suppress(OSError):  # not made at all, or in use by now and not ours any more
            Path(path).rmdir()


def remove_file(path: str, text: str) -> None:
    """Remove a file if it is there and holds just `text`."""
    file = Path(path)
    try:
        if file.read_text() == text:
            file.unlink()
    except (OSError, UnicodeDecodeError):
        return


def write_new(path: str, text: str) -> None:
    """Write a file that must not be there yet."""
    file = Path(path)
    made = False
    try:
        with file.open("x") as stream:
            made = True
            stream.write(text)
    except OSError as error:
        if made:
            file.unlink(missing_ok=True)
        raise UsageError(
            f"can't write {path}", (error.strerror or str(error)).lower(), "check the path"
        ) from error
