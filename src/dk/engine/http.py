"""HTTP/1.1 as an engine speaks it, for calls without a body.

http.client reads headers as those of a mail, which takes four fifths of a small call's time; a
cleanup makes thousands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping

BUFFER = 1 << 16


class Response(NamedTuple):
    """An answer that was read to its end; `lasts` says whether another may follow it."""

    status: int
    body: bytes
    lasts: bool


class Connection:
    """One connection that carries one call after the other.

    Raises OSError where it breaks off, ValueError where the answer is no HTTP.
    """

    def __init__(self, sock: socket.socket, headers: Mapping[str, bytes]) -> None:
        self.socket = sock
        self._file = sock.makefile("rb", BUFFER)
        lines = [b"Host: localhost", *(f"{k}: ".encode() + v for k, v in headers.items())]
        self._headers = b"\r\n".join(lines) + b"\r\n\r\n"

    def call(self, method: str, url: str) -> Response:
        """Ask, and read the whole answer."""
        length = "" if method == "GET" else "Content-Length: 0\r\n"
        self.socket.sendall(f"{method} {url} HTTP/1.1\r\n{length}".encode() + self._headers)
        version, status, *_ = self._line().split(b" ", 2)
        if not version.startswith(b"HTTP/1."):
            raise ValueError("the answer is no HTTP")
        headers = dict(self._header_lines())
        lasts = headers.get(b"connection", b"").lower() != b"close"
        if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
            body = b"".join(self._chunks())
        elif b"content-length" in headers:
            body = self._read(int(headers[b"content-length"]))
        elif int(status) in {204, 304}:
            body = b""
        else:
            body, lasts = self._file.read(), False
        return Response(int(status), body, lasts)

    def close(self) -> None:
        """Close the connection."""
        self._file.close()
        self.socket.close()

    def _header_lines(self) -> Iterator[tuple[bytes, bytes]]:
        while line := self._line():
            name, _, value = line.partition(b":")
            yield name.strip().lower(), value.strip()

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._line().partition(b";")[0], 16):
            yield self._read(size)
            self._line()
        while self._line():
            pass

    def _line(self) -> bytes:
        line = self._file.readline(BUFFER)
        if not line.endswith(b"\n"):
            raise ConnectionResetError("its answer was cut off")
        return line.rstrip(b"\r\n")

    def _read(self, size: int) -> bytes:
        data: bytes = self._file.read(size)
        if len(data) < size:
            raise ConnectionResetError("its answer was cut off")
        return data
