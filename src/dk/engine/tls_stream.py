"""A TLS connection that can be closed in one direction, for streams that need it.

Python's own TLS socket can't: its `unwrap()` loses what is still on its way, and a bare shutdown
of the socket below is a cut to every peer that asks for TLS's own goodbye.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

CHUNK = 64 * 1024


class TlsStream:
    """TLS over a connected socket, with TLS's state in memory: blocking, or not, as a socket."""

    def __init__(self, sock: socket.socket, context: ssl.SSLContext, host: str) -> None:
        self._socket = sock
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._unsent = b""
        self._ready = b""
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._handshake()

    def fileno(self) -> int:
        """Return the descriptor to wait on; `buffered` data does not show there."""
        return self._socket.fileno()

    def setblocking(self, flag: bool, /) -> None:
        """Wait in `recv` and `send`, or raise BlockingIOError instead."""
        self._socket.setblocking(flag)

    def settimeout(self, seconds: float | None, /) -> None:
        """Wait at most so long in `recv` and `send`."""
        self._socket.settimeout(seconds)

    @property
    def buffered(self) -> bool:
        """Whether data has come that `recv` has not returned yet."""
        return bool(self._ready or self._incoming.pending or self._tls.pending())

    def recv(self, size: int, /) -> bytes:
        """Return what has come, b"" at the other side's end."""
        while not self._ready:
            try:
                return self._tls.read(size)
            except ssl.SSLWantReadError:
                self._fill()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""
        data, self._ready = self._ready[:size], self._ready[size:]
        return data

    def send(self, data: bytes, /) -> int:
        """Send the beginning of `data` and return its length."""
        self._flush()
        sent = self._tls.write(data[:CHUNK])
        self.flush()
        return sent

    def sendall(self, data: bytes, /) -> None:
        """Send all of `data`; for a blocking stream."""
        while data:
            data = data[self.send(data) :]

    @property
    def flushed(self) -> bool:
        """Whether everything that was given to `send` has left; if not, `flush` when writable."""
        return not (self._unsent or self._outgoing.pending)

    def flush(self) -> None:
        """Send on what `send` had to keep, as far as the socket takes it."""
        with suppress(BlockingIOError):
            self._flush()

    def shutdown(self, _how: int, /) -> None:
        """Say that nothing more comes from here; what comes from there is still read."""
        self._decrypt_what_came()
        with suppress(ssl.SSLWantReadError):  # the other side's goodbye comes when it likes
            self._tls.unwrap()
        self.flush()

    def _decrypt_what_came(self) -> None:
        """Empty TLS's own buffers: it won't say goodbye over data that nobody has read."""
        try:
            while True:
                self._ready += self._tls.read(CHUNK)
        except (ssl.SSLWantReadError, ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _handshake(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                self._fill()
            except ssl.SSLError:
                self._flush()  # the alert that tells the other side why
                raise
            else:
                self._flush()
                return

    def _fill(self) -> None:
        data = self._socket.recv(CHUNK)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def _flush(self) -> None:
        self._unsent += self._outgoing.read()
        while self._unsent:
            self._unsent = self._unsent[self._socket.send(self._unsent) :]
