"""A fresh connection to the engine: unix, tcp, TLS or ssh, always as a socket.

`dial` is for calls, `dial_stream` for a stream in both directions that may end in one first.
"""

import socket
import subprocess
from typing import IO, TYPE_CHECKING

from dk.engine.address import split_ssh, split_tcp
from dk.engine.context import Target, TlsFiles
from dk.errors import UsageError

if TYPE_CHECKING:
    import ssl

    from _typeshed import ReadableBuffer, WriteableBuffer

    from dk.engine.tls_stream import TlsStream

    Stream = socket.socket | TlsStream

CONNECT_TIMEOUT = 5.0
SSH_CONNECT_TIMEOUT = 30  # seconds, as docker/cli cli/connhelper


def dial(target: Target) -> socket.socket:
    """Return a connected, blocking socket to the engine; the caller closes it.

    Raises OSError (ssl.SSLError and TimeoutError are such) where that fails, and UsageError for
    unusable TLS files. An ssh connection shows its failure as SshError at the first read or write.
    """
    if target.address.startswith("unix://"):
        return _dial_unix(target.address.removeprefix("unix://"))
    if target.address.startswith("ssh://"):
        return SshSocket(ssh_command(target.address))
    host, port, _ = split_tcp(target.address)
    return _dial_tcp(host, port, target.tls)


def dial_stream(target: Target) -> "Stream":
    """Return a connected, blocking stream whose `shutdown(SHUT_WR)` reaches the far side.

    Raises as `dial` does.
    """
    if target.tls is None or not target.address.startswith("tcp://"):
        return dial(target)
    from dk.engine.tls_stream import TlsStream

    host, port, _ = split_tcp(target.address)
    sock = _connect_tcp(host, port)
    try:
        stream = TlsStream(sock, _tls_context(target.tls), host)
        stream.settimeout(None)
    except BaseException:
        sock.close()
        raise
    return stream


def ssh_command(address: str) -> list[str]:
    """Return the argv that joins its stdin and stdout to the engine behind `ssh://…`.

    As docker/cli cli/connhelper: `docker system dial-stdio` there, with `--host` for a path.
    """
    import shlex

    user, host, port, path = split_ssh(address)
    docker = ["docker", *([f"--host=unix://{path}"] if path else []), "system", "dial-stdio"]
    argv = ["ssh", "-o", f"ConnectTimeout={SSH_CONNECT_TIMEOUT}", "-T"]
    argv += ["-l", user] if user else []
    argv += ["-p", port] if port else []
    # ssh joins its arguments with blanks for the far shell.
    return [*argv, "--", host, shlex.join(docker)]


class SshError(ConnectionError):
    """ssh ended with a failure; `stderr` is what it said, or what the far side did."""

    def __init__(self, exit_code: int, stderr: str) -> None:
        super().__init__(stderr.strip() or f"ssh ended with exit code {exit_code}")
        self.exit_code = exit_code
        self.stderr = stderr


class SshSocket(socket.socket):
    """One end of a socket pair whose other end is stdin and stdout of an ssh process.

    A real socket, so `shutdown(SHUT_WR)` and select work. `close()` ends and reaps the process.
    """

    def __init__(self, argv: list[str]) -> None:
        import tempfile

        near, far = socket.socketpair()
        # A file, not a pipe: nobody has to read it, and a shared ssh master may keep it open.
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            with far:
                self._process = subprocess.Popen(
                    argv,
                    stdin=far.fileno(),
                    stdout=far.fileno(),
                    stderr=self._stderr,
                    # Ctrl-C is dk's to handle, and ssh must not ask questions on the terminal.
                    start_new_session=True,
                )
        except OSError:
            near.close()
            self._stderr.close()
            raise
        super().__init__(near.family, near.type, near.proto, near.detach())

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Receive as any socket, but raise SshError where the end is ssh's failure."""
        try:
            data = super().recv(bufsize, flags)
        except ConnectionError as error:
            raise self._failure() or error from None
        if not data and (failure := self._failure()):
            raise failure
        return data

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int = 0, flags: int = 0) -> int:
        """Receive as any socket, but raise SshError where the end is ssh's failure."""
        try:
            size = super().recv_into(buffer, nbytes, flags)
        except ConnectionError as error:
            raise self._failure() or error from None
        if not size and (failure := self._failure()):
            raise failure
        return size

    def sendall(self, data: "ReadableBuffer", flags: int = 0, /) -> None:
        """Send as any socket, but raise SshError where ssh failed."""
        try:
            super().sendall(data, flags)
        except ConnectionError as error:
            raise self._failure() or error from None

    def close(self) -> None:
        """Close the socket, end ssh and reap it."""
        super().close()
        # The first close() may come while a file made of this socket still holds it open.
        if self.fileno() != -1 or self._stderr.closed:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stderr.close()

    def _failure(self) -> SshError | None:
        """Return why the connection ended, or None where ssh ended well. Called at its end only."""
        try:
            code = self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return None
        if not code:
            return None
        self._stderr.seek(0)
        return SshError(code, self._stderr.read(64 * 1024).decode(errors="replace"))


def _dial_unix(path: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.settimeout(CONNECT_TIMEOUT)
        sock.connect(path)
        sock.settimeout(None)
    except OSError:
        sock.close()
        raise
    return sock


def _dial_tcp(host: str, port: int, tls: TlsFiles | None) -> socket.socket:
    context = _tls_context(tls) if tls else None
    sock = _connect_tcp(host, port)
    if context:
        sock = context.wrap_socket(sock, server_hostname=host)
    sock.settimeout(None)
    return sock


def _connect_tcp(host: str, port: int) -> socket.socket:
    try:
        sock = socket.create_connection((host, port), CONNECT_TIMEOUT)
    except UnicodeError as error:  # a..b, a label of 64 letters
        raise socket.gaierror(socket.EAI_NONAME, "not a host name") from error
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # A stream may be silent for hours, longer than a firewall remembers it.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return sock


def _tls_context(tls: TlsFiles) -> "ssl.SSLContext":
    import ssl

    # Not ssl.create_default_context: newer Pythons make that one refuse certificates without
    # some extensions, which docker takes.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        if tls.ca:
            context.load_verify_locations(tls.ca)
        else:
            context.load_default_certs()
        if tls.cert and tls.key:
            # Without this, OpenSSL asks for an encrypted key's passphrase on the terminal.
            context.load_cert_chain(tls.cert, tls.key, password=lambda: "")
    except OSError as error:
        files = ", ".join(file for file in (tls.ca, tls.cert, tls.key) if file)
        raise UsageError(
            "the engine's TLS files can't be used",
            f"{files}: {getattr(error, 'reason', None) or error.strerror or error}",
            "each must be a readable PEM file, the key without a passphrase",
        ) from error
    return context
