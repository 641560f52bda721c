"""A call whose connection turns into a raw stream in both directions: attach and exec."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dk.engine.dial import dial_stream
from dk.engine.failures import EngineError, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dk.engine.context import Target
    from dk.engine.dial import Stream

LONGEST_HEADER = 64 * 1024


def upgrade(
    target: Target, path: str, headers: Mapping[str, bytes], body: bytes = b""
) -> tuple[Stream, bytes]:
    """POST to `path` on a connection of its own and return its socket and the first stream bytes.

    `headers` are those that config.json has for every request.

    As docker/client hijack: `Upgrade: tcp`, answered by 101, or by 200 from older engines. The
    caller closes the socket. Raises EngineError where the engine refuses, OSError where it is gone.
    """
    own = b"".join(f"{name}: ".encode() + value + b"\r\n" for name, value in headers.items())
    sock = dial_stream(target)
    try:
        sock.sendall(
            f"POST {path} HTTP/1.1\r\n"
            "Host: docker\r\n"
            "Connection: Upgrade\r\n"
            "Upgrade: tcp\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n".encode()
            + own
            + b"\r\n"
            + body
        )
        head, rest = _head(sock)
        status = int(head.split(b" ", 2)[1])
        if status not in {101, 200}:
            raise _refusal(sock, status, rest)
    except BaseException:
        sock.close()
        raise
    return sock, rest


def _head(sock: Stream) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = sock.recv(4096)
        if not chunk or len(data) > LONGEST_HEADER:
            raise ConnectionError("the engine closed the connection")
        data += chunk
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _refusal(sock: Stream, status: int, rest: bytes) -> EngineError:
    sock.settimeout(2)
    try:
        while len(rest) < LONGEST_HEADER and (chunk := sock.recv(4096)):
            rest += chunk
    except TimeoutError:
        pass  # the connection stays open; the message is there
    start, end = rest.find(b"{"), rest.rfind(b"}")
    try:
        message = str(json.loads(rest[start : end + 1])["message"])
    except (ValueError, KeyError):
        message = f"the engine answered {status}"
    return EngineError(one_line(message), status=status)
