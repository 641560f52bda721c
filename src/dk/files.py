"""Files that a user named, read with errors that say what to do."""

from __future__ import annotations

import os
import stat

from dk.errors import UsageError


def read_file(path: str) -> bytes:
    """Return a file's bytes; anything that can't be read is a UsageError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                raise UsageError(f"{path} is a folder", fix="name a file in it")
            os.set_blocking(descriptor, True)
            return file.read()
    except OSError as error:
        raise UsageError(
            f"can't read {path}", (error.strerror or str(error)).lower(), "check the path"
        ) from error
