"""Output of a container without a terminal: stdout and stderr in one stream, frame by frame."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

STDERR = 2
_HEADER = struct.Struct(">B3xL")


class Frames:
    """Splits the stream at its frames, however it was cut on the way.

    As moby pkg/stdcopy: a header of eight bytes (stream, three zeros, size), then the payload.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._left = 0  # bytes of the present frame still to come
        self._stream = 0

    def split(self, data: bytes) -> Iterator[tuple[int, memoryview]]:
        """Yield (stream, bytes): 1 is stdout, 2 stderr. A long frame comes in pieces."""
        if self._rest:
            data = self._rest + data
            self._rest = b""
        view = memoryview(data)
        position = 0
        while position < len(view):
            if not self._left:
                if len(view) - position < _HEADER.size:
                    self._rest = bytes(view[position:])
                    return
                self._stream, self._left = _HEADER.unpack_from(view, position)
                position += _HEADER.size
                continue
            piece = view[position : position + self._left]
            position += len(piece)
            self._left -= len(piece)
            yield self._stream, piece
