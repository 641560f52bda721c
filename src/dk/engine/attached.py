"""A container that runs attached: its output to ours, our input and signals to it."""

from __future__ import annotations

import os
import select
import signal
import socket
from contextlib import ExitStack, suppress
from threading import Thread
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import docker
import requests

from dk.engine.ending import exit_code, wait_for_end
from dk.engine.frames import STDERR, Frames
from dk.engine.signals import Signals
from dk.engine.terminal import write_all
from dk.engine.tls_stream import TlsStream
from dk.engine.upgrade import upgrade
from dk.errors import ExitCode, Interrupted
from dk.spec.detach_keys import DEFAULT, parse_detach_keys

if TYPE_CHECKING:
    from types import TracebackType

    from dk.engine.dial import Stream
    from dk.engine.engine import Engine
    from dk.engine.terminal import Terminal
    from dk.spec.container import ContainerSpec

CHUNK = 256 * 1024
PATIENCE = 3  # as docker: the third Ctrl-C or SIGTERM ends dk itself
STILL_RUNNING = b"\nnote: it has not ended yet; once more, and dk leaves it running\n"
BROKEN_PIPE = 128 + signal.SIGPIPE


class Attached:
    """Attach to a made container, ask for its end, then `follow()` once it is started."""

    def __init__(
        self, engine: Engine, container_id: str, spec: ContainerSpec, terminal: Terminal
    ) -> None:
        self._engine = engine
        self._id = container_id
        self._name = spec.name or container_id[:12]
        self._removed = bool(spec.remove)
        self._terminal = terminal
        self._frames = None if terminal.tty else Frames()
        self._stack = ExitStack()
        self._unsent = b""
        self._input_open = terminal.stdin is not None
        self._outputs = [name for name in ("stdout", "stderr") if spec.attaches(name)]
        self._forwards = spec.sig_proxy is not False
        self._keys = spec.detach_keys or engine.detach_keys
        self._detach_keys = parse_detach_keys(self._keys) or DEFAULT
        self._held = b""  # the first of the detach keys, until the next byte decides
        self._stream_open = True
        self._stop_signals = 0

    def __enter__(self) -> Self:
        with self._stack:
            self._socket = self._attach()
            self._stack.callback(self._socket.close)
            self._end = wait_for_end(self._engine, self._id, removed=self._removed)
            self._stack.callback(self._end.close)
            self._ended, self._tell = socket.socketpair()
            self._stack.callback(self._ended.close)
            self._stack.callback(self._tell.close)
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _attach(self) -> Stream:
        client = self._engine.client
        stdin = int(self._terminal.stdin is not None)
        path = f"/v{client.api_version}/containers/{self._id}/attach"
        query = "&".join(["stream=1", f"stdin={stdin}", *(f"{name}=1" for name in self._outputs)])
        if self._keys:  # the engine watches for its own otherwise
            query += f"&detachKeys={quote(self._keys)}"
        sock, self._first = upgrade(self._engine.target, f"{path}?{query}", self._engine.headers)
        return sock

    def follow(self) -> int:
        """Move bytes and signals until the container ends; return its exit code.

        Returns 0 where the user detached, and 141 where whoever read the output went away; the
        container then runs on, as with docker.
        """
        self._signals = self._stack.enter_context(
            Signals(window=self._terminal.tty, forward=self._forwards)
        )
        self._stack.enter_context(self._terminal.raw())
        self._resize()
        self._socket.setblocking(False)
        if not self._outputs:  # whose end would be the container's
            Thread(target=self._tell_of_end, daemon=True).start()
        try:
            if self._first:
                self._output(self._first)
            if not self._pump():
                return ExitCode.DONE
        except BrokenPipeError:
            return BROKEN_PIPE
        return exit_code(self._end)

    def _pump(self) -> bool:
        """Return True at the container's end, False where dk leaves before it."""
        while True:
            ready = self._wait()
            if self._signals.wakeup.fileno() in ready:
                self._pass_signals()
            if self._stream_open and self._socket.fileno() in ready and self._receive():
                if self._outputs:
                    return True
                self._stream_open = False
            if self._terminal.stdin in ready and self._input(self._terminal.stdin):
                return False
            if self._unsent:
                self._send()
            elif isinstance(self._socket, TlsStream):
                self._socket.flush()
            if self._ended.fileno() in ready:
                return True

    def _tell_of_end(self) -> None:
        with suppress(requests.RequestException, OSError):
            _ = self._end.content
        with suppress(OSError):
            self._tell.send(b".")

    def _wait(self) -> set[int]:
        """Return the descriptors that have something; more input only once the last is sent."""
        poll = select.poll()
        poll.register(self._signals.wakeup, select.POLLIN)
        poll.register(self._ended, select.POLLIN)
        unsent = self._unsent or (isinstance(self._socket, TlsStream) and not self._socket.flushed)
        if self._stream_open:
            poll.register(self._socket, select.POLLIN | (select.POLLOUT if unsent else 0))
        if self._terminal.stdin is not None and self._input_open and not self._unsent:
            poll.register(self._terminal.stdin, select.POLLIN)
        return {descriptor for descriptor, _ in poll.poll()}

    def _receive(self) -> bool:
        """Pass on what has come; return True at the stream's end."""
        while True:
            try:
                data = self._socket.recv(CHUNK)
            except BlockingIOError:
                return False
            except ConnectionResetError:
                return True
            if not data:
                return True
            self._output(data)
            if not isinstance(self._socket, TlsStream) or not self._socket.buffered:
                return False

    def _output(self, data: bytes) -> None:
        if self._frames is None:
            write_all(self._terminal.stdout, data)
            return
        for stream, piece in self._frames.split(data):
            name = "stderr" if stream == STDERR else "stdout"
            if name in self._outputs:  # Podman sends both, whatever was asked for
                write_all(getattr(self._terminal, name), piece)

    def _input(self, stdin: int) -> bool:
        """Take what was typed or piped; return True where the user asked to detach."""
        data = os.read(stdin, CHUNK)
        if not data:
            self._input_open = False
            self._close_input()
            return False
        if self._terminal.tty:
            data = self._held + data
            if self._detach_keys in data:
                return True
            self._held = _begun(self._detach_keys, data)
            data = data[: len(data) - len(self._held)]
        self._unsent = data
        return False

    def _send(self) -> None:
        try:
            self._unsent = self._unsent[self._socket.send(self._unsent) :]
        except BlockingIOError:
            return
        except (BrokenPipeError, ConnectionResetError):
            # The container closed its stdin; its output may still come.
            self._unsent = b""
            self._input_open = False
            return
        if not self._unsent and not self._input_open:
            self._close_input()

    def _close_input(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def _pass_signals(self) -> None:
        for number in self._signals.arrived():
            if self._terminal.tty and number == signal.SIGWINCH:
                self._resize()
                continue
            if number in {signal.SIGINT, signal.SIGTERM}:
                self._stop_signals += 1
                if self._stop_signals >= PATIENCE:
                    self._give_up(number)
                if self._stop_signals == PATIENCE - 1:
                    write_all(self._terminal.stderr, STILL_RUNNING)
            with suppress(docker.errors.APIError):  # ended meanwhile
                self._engine.client.kill(self._id, number.name)

    def _give_up(self, number: signal.Signals) -> None:
        code = ExitCode.INTERRUPTED if number == signal.SIGINT else ExitCode.TERMINATED
        raise Interrupted(
            f"left {self._name} running: it did not end at the signals",
            fix=f"dk rm -f {self._name}",
            exit_code=code,
        )

    def _resize(self) -> None:
        rows, columns = self._terminal.size()
        if self._terminal.tty and rows:
            with suppress(docker.errors.APIError):  # not running any more
                self._engine.client.resize(self._id, height=rows, width=columns)


def _begun(keys: bytes, data: bytes) -> bytes:
    """Return how far `data` ends in the beginning of `keys`."""
    for length in range(min(len(keys) - 1, len(data)), 0, -1):
        if data.endswith(keys[:length]):
            return keys[:length]
    return b""
