"""A unix socket that takes what a docker client would create, and creates nothing."""

import json
import tempfile
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

CONTAINER_ID = "c0ffee" + "0" * 58


class Creation(NamedTuple):
    """One `POST /containers/create`: its query and its JSON body."""

    query: dict[str, str]
    body: dict[str, Any]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_HEAD(self) -> None:
        self._answer(200, b"")

    def do_GET(self) -> None:
        if self.path.endswith("/_ping"):
            self._answer(200, b"OK", "text/plain")
        else:
            self._answer(404, b'{"message": "the recording engine has nothing"}')

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if url.path.endswith("/containers/create"):
            self.server.bodies.append(Creation(dict(parse_qsl(url.query)), json.loads(body)))
            self._answer(201, json.dumps({"Id": CONTAINER_ID, "Warnings": []}).encode())
        elif url.path.endswith("/start"):
            self._answer(204, b"")
        else:
            self._answer(200, b"{}")  # a pull, a network

    def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.close_connection = True  # no kept connection delays the close
        self.send_response(status)
        self.send_header("Api-Version", self.server.api_version)
        self.send_header("Ostype", "linux")
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body:  # docker hangs up once it has read a HEAD's headers
            with suppress(BrokenPipeError):  # or the status that it doesn't want
                self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class _Server(ThreadingUnixStreamServer):
    def __init__(self, path: str, api_version: str) -> None:
        super().__init__(path, _Handler)
        self.api_version = api_version
        self.bodies: list[Creation] = []


class RecordingEngine:
    """Within its `with`, an engine at `address` that only records, in `bodies`."""

    def __init__(self, api_version: str = "1.50") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="dk-rec-")
        path = str(Path(self._folder.name, "engine.sock"))
        self._server = _Server(path, api_version)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.address = f"unix://{path}"
        self.bodies = self._server.bodies

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._folder.cleanup()
