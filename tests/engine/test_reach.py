"""ssh and TLS in front of the real engine that DOCKER_HOST names."""

import json
import os
import random
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

import pexpect
import pytest
import requests

from dk.engine.client import connect
from dk.engine.context import resolve
from dk.engine.dial import SshSocket, dial
from dk.engine.examine import examine
from dk.engine.failures import translate
from dk.errors import DkError, ExitCode, UsageError
from dk.reports.doctor import Finding
from tests.waiting import free_port

pytestmark = [pytest.mark.engine, pytest.mark.one_engine]

PING = b"GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def engine_socket() -> str:
    return os.environ["DOCKER_HOST"].removeprefix("unix://")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A user without any docker configuration."""
    return {"HOME": str(tmp_path)}


def run(*argv: str | Path) -> None:
    subprocess.run([str(arg) for arg in argv], check=True, capture_output=True)


def refused(address: str, environ: dict[str, str]) -> DkError:
    target = resolve(host=address, context=None, environ=environ)
    with pytest.raises(DkError) as error:
        connect(target, environ)
    assert error.value.exit_code == ExitCode.NO_ENGINE
    connection = connection_of(address, environ)
    # The other side's reason can be lost in TLS when it hangs up while dk still writes.
    if "closed during TLS" not in f"{connection.text} {error.value.why}":
        assert (connection.text, connection.fix) == (error.value.why, error.value.fix)
    return error.value


def connection_of(address: str, environ: dict[str, str]) -> Finding:
    """What `dk doctor` says of it."""
    findings = examine(host=address, context=None, environ=environ).findings
    return next(finding for finding in findings if finding.check == "connection")


def ssh_children() -> list[str]:
    """The ssh processes of this one, zombies too."""
    argv = ["ps", "--ppid", str(os.getpid()), "-o", "comm="]
    found = subprocess.run(argv, check=False, capture_output=True, text=True).stdout.split()
    return [name for name in found if name == "ssh"]


def read_all(sock: socket.socket) -> bytes:
    return b"".join(iter(lambda: sock.recv(65536), b""))


# ssh


@pytest.fixture(scope="module")
def ssh_folder(
    tmp_path_factory: pytest.TempPathFactory, engine_socket: str
) -> Iterator[tuple[Path, int]]:
    """A real sshd on 127.0.0.1 with its own keys, whose sessions see the private engine."""
    sshd = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:" + os.environ["PATH"])
    if not sshd:
        pytest.skip("needs openssh-server")
    folder = tmp_path_factory.mktemp("ssh")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    port = free_port()
    for name in ("host", "user"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name)
    shutil.copy(folder / "user.pub", folder / "authorized_keys")
    (folder / "known_hosts").write_text(
        f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}", "utf-8"
    )
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\n"
        f"AuthorizedKeysFile {folder}/authorized_keys\nStrictModes no\nUsePAM no\n"
        f"PasswordAuthentication no\nPermitRootLogin yes\n"
        f"SetEnv DOCKER_HOST=unix://{engine_socket}\n"
    )
    (folder / "config").write_text(
        f"Host *\nIdentityFile {folder}/user\nIdentitiesOnly yes\nIdentityAgent none\n"
        f"UserKnownHostsFile {folder}/known_hosts\nGlobalKnownHostsFile /dev/null\n"
    )
    log = folder / "log"
    with subprocess.Popen([sshd, "-D", "-f", folder / "sshd_config", "-E", log]) as server:
        while "Server listening" not in (log.read_text() if log.exists() else ""):
            assert server.poll() is None, log.read_text()
        yield folder, port
        server.terminate()


@pytest.fixture
def ssh_address(ssh_folder: tuple[Path, int], monkeypatch: pytest.MonkeyPatch) -> str:
    folder, port = ssh_folder
    use_ssh_config(folder, folder / "config", monkeypatch)
    user = subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()
    return f"ssh://{user}@127.0.0.1:{port}"


def use_ssh_config(folder: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an `ssh` first in PATH that reads this file: the real one ignores $HOME."""
    wrapper = folder / f"bin-{config.name}" / "ssh"
    wrapper.parent.mkdir(exist_ok=True)
    wrapper.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {config} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")


def test_an_ssh_context_reaches_the_engine(
    ssh_address: str, environ: dict[str, str], engine_socket: str
) -> None:
    digest = sha256(b"server").hexdigest()
    meta = Path(environ["HOME"], ".docker/contexts/meta", digest, "meta.json")
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": "server", "Endpoints": {"docker": {"Host": ssh_address}}}))
    target = resolve(host=None, context="server", environ=environ)
    direct = resolve(host=f"unix://{engine_socket}", context=None, environ=environ)

    over_ssh, over_unix = connect(target, environ), connect(direct, environ)
    try:
        assert over_ssh.info()["ID"] == over_unix.info()["ID"]
    finally:
        over_ssh.close()
        over_unix.close()
    assert not target.is_local


def test_a_socket_path_in_the_address_reaches_that_engine(
    ssh_address: str, environ: dict[str, str], engine_socket: str
) -> None:
    target = resolve(host=f"{ssh_address}{engine_socket}", context=None, environ=environ)
    client = connect(target, environ)
    client.close()
    error = refused(f"{ssh_address}/gone.sock", environ)
    assert error.why == "the engine on 127.0.0.1 is not running"


def attached_run(address: str, environ: dict[str, str], data: bytes) -> tuple[bytes, bytes, int]:
    """Send `data` through `cat` in a container, over this connection."""
    argv = [sys.executable, "-m", "dk", "-H", address, "run", "--rm", "-i", "busybox"]
    script = "cat; echo over >&2; exit 7"
    done = subprocess.run(
        [*argv, "sh", "-c", script],
        env={**environ, "PATH": os.environ["PATH"]},
        input=data,
        capture_output=True,
        timeout=60,
    )
    return done.stdout, done.stderr, done.returncode


def terminal_run(address: str, environ: dict[str, str]) -> None:
    """Have a shell in a container, in a terminal, over this connection."""
    shell = pexpect.spawn(
        sys.executable,
        ["-m", "dk", "-H", address, "run", "-it", "--rm", "busybox", "sh"],
        env={**environ, "PATH": os.environ["PATH"]},
        encoding="utf-8",
        timeout=30,
        dimensions=(33, 97),
    )
    shell.expect("# ")
    shell.sendline("stty size")
    shell.expect("33 97")
    shell.setwinsize(20, 60)
    shell.expect("# ")
    time.sleep(1)
    shell.sendline("stty size")
    shell.expect("20 60")
    shell.sendline("sleep 60")
    shell.expect("sleep 60")
    time.sleep(1)
    shell.sendcontrol("c")
    shell.expect("# ")
    shell.sendline("exit 5")
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 5


def test_an_attached_run_works_over_ssh(
    ssh_address: str, environ: dict[str, str], busybox: str
) -> None:
    data = random.Random(1).randbytes(1_000_000)
    assert attached_run(ssh_address, environ, data) == (data, b"over\n", 7)


def test_a_terminal_works_over_ssh(ssh_address: str, environ: dict[str, str], busybox: str) -> None:
    terminal_run(ssh_address, environ)


def test_half_close_goes_through_ssh_and_the_process_is_reaped(
    ssh_address: str, environ: dict[str, str]
) -> None:
    sock = dial(resolve(host=ssh_address, context=None, environ=environ))
    assert isinstance(sock, SshSocket)
    with sock:
        sock.sendall(PING)
        sock.shutdown(socket.SHUT_WR)
        assert read_all(sock).startswith(b"HTTP/1.1 200 OK")
    assert sock._process.returncode == 0


def test_closing_an_ssh_connection_ends_its_process(
    ssh_address: str, environ: dict[str, str]
) -> None:
    client = connect(resolve(host=ssh_address, context=None, environ=environ), environ)
    assert len(ssh_children()) == 1
    client.close()
    assert ssh_children() == []
    assert connection_of(ssh_address, environ).text == "the engine answers over ssh"
    assert ssh_children() == []


@pytest.mark.parametrize(
    ("known", "broken", "why"),
    [
        ("UserKnownHostsFile", "/dev/null", "the host key of 127.0.0.1 is unknown or has changed"),
        ("IdentityFile", "/dev/null", "Permission denied (publickey"),
        ("Hostname", "no-such-host.invalid", "the name 127.0.0.1 is unknown"),
        ("Port", "1", "no ssh server listens at 127.0.0.1"),
    ],
)
def test_a_failing_ssh_says_why(
    ssh_folder: tuple[Path, int],
    ssh_address: str,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    known: str,
    broken: str,
    why: str,
) -> None:
    lines = (ssh_folder[0] / "config").read_text().splitlines()
    lines = [line for line in lines if not line.startswith(known)] + [f"{known} {broken}", ""]
    (tmp_path / "config").write_text("\n".join(lines))
    use_ssh_config(tmp_path, tmp_path / "config", monkeypatch)
    if known == "Port":
        ssh_address = ssh_address.rpartition(":")[0]
    assert why in refused(ssh_address, environ).why


# TLS


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders `good` and `other`: ca.pem, cert.pem, key.pem; each CA has signed its folder's."""
    folder = tmp_path_factory.mktemp("tls")
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for name in ("good", "other"):
        place = folder / name
        place.mkdir()
        run("openssl", "req", "-x509", *new, "-subj", f"/CN={name} CA", "-days", "2",
            "-keyout", place / "ca-key.pem", "-out", place / "ca.pem")  # fmt: skip
        for leaf in ("cert", "server"):
            run("openssl", "req", *new, "-subj", f"/CN={leaf}",
                "-keyout", place / f"{leaf}-key.pem", "-out", place / f"{leaf}.csr")  # fmt: skip
            (place / "san").write_text("subjectAltName=IP:127.0.0.1")
            run("openssl", "x509", "-req", "-in", place / f"{leaf}.csr", "-days", "2",
                "-CA", place / "ca.pem", "-CAkey", place / "ca-key.pem", "-CAcreateserial",
                "-extfile", place / "san", "-out", place / f"{leaf}.pem")  # fmt: skip
        (place / "cert-key.pem").rename(place / "key.pem")
    return folder


class Proxy:
    """A port of 127.0.0.1 in front of a unix socket, with mutual TLS if a context is given."""

    def __init__(self, upstream: str, tls: ssl.SSLContext | None = None) -> None:
        self._upstream, self._tls = upstream, tls
        self._server = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.cut()

    def cut(self) -> None:
        """Stop listening and break every connection."""
        for sock in (self._server, *self._open):
            try:
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in self._threads:
            thread.join()
        for sock in (self._server, *self._open):
            sock.close()

    def _start(self, task: object, *args: object) -> None:
        thread = threading.Thread(target=task, args=args)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            self._open.append(near)
            self._start(self._serve, near)

    def _serve(self, near: socket.socket) -> None:
        if self._tls:
            try:
                near = self._tls.wrap_socket(near, server_side=True)
            except OSError:
                return
            self._open.append(near)
        far = socket.socket(socket.AF_UNIX)
        self._open.append(far)
        far.connect(self._upstream)
        back = threading.Thread(target=self._pump, args=(far, near))
        back.start()
        self._pump(near, far)
        back.join()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for sock in (source, sink):
            try:
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                continue


@pytest.fixture
def tls_proxy(certificates: Path, engine_socket: str) -> Iterator[Proxy]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    good = certificates / "good"
    context.load_cert_chain(good / "server.pem", good / "server-key.pem")
    context.load_verify_locations(good / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with Proxy(engine_socket, context) as proxy:
        yield proxy


def tls_environ(environ: dict[str, str], folder: Path, **more: str) -> dict[str, str]:
    return {**environ, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(folder), **more}


def test_mutual_tls_reaches_the_engine_whatever_the_environment_trusts(
    tls_proxy: Proxy,
    certificates: Path,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates / "other/ca.pem"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    environ = tls_environ(environ, certificates / "good")
    target = resolve(host=f"tcp://{tls_proxy.address}", context=None, environ=environ)
    client = connect(target, environ)
    assert client.info()["ID"]
    client.close()
    with dial(target) as sock:
        sock.sendall(PING)
        assert read_all(sock).startswith(b"HTTP/1.1 200 OK")


@pytest.fixture
def tls_address(certificates: Path, engine_socket: str) -> Iterator[str]:
    """An address of the engine with mutual TLS by socat, in both directions at once."""
    socat = shutil.which("socat")
    assert socat, "needs socat, which speaks TLS in both directions at once"
    port, good = free_port(), certificates / "good"
    listen = (
        f"OPENSSL-LISTEN:{port},bind=127.0.0.1,fork,verify=1,cert={good}/server.pem,"
        f"key={good}/server-key.pem,cafile={good}/ca.pem"
    )
    argv = [socat, "-t", "30", "-d", "-d", listen, f"UNIX-CONNECT:{engine_socket}"]
    with subprocess.Popen(argv, stderr=subprocess.PIPE) as proxy:
        assert proxy.stderr is not None
        while b"listening" not in proxy.stderr.readline():
            assert proxy.poll() is None
        # What it goes on to say, nobody reads.
        threading.Thread(target=proxy.stderr.read).start()
        yield f"tcp://127.0.0.1:{port}"
        proxy.terminate()


def test_an_attached_run_works_over_tls(
    tls_address: str, certificates: Path, environ: dict[str, str], busybox: str
) -> None:
    data = random.Random(1).randbytes(1_000_000)
    tls = tls_environ(environ, certificates / "good")
    for size in (0, 5, len(data)):
        assert attached_run(tls_address, tls, data[:size]) == (data[:size], b"over\n", 7)


def test_a_terminal_works_over_tls(
    tls_address: str, certificates: Path, environ: dict[str, str], busybox: str
) -> None:
    terminal_run(tls_address, tls_environ(environ, certificates / "good"))


def test_an_engine_of_another_ca_is_refused_unless_verifying_is_off(
    tls_proxy: Proxy, certificates: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    mixed = tmp_path / "mixed"
    shutil.copytree(certificates / "good", mixed)
    shutil.copy(certificates / "other/ca.pem", mixed / "ca.pem")
    strict = tls_environ(environ, mixed)
    assert "not trusted" in refused(f"tcp://{tls_proxy.address}", strict).why

    lax = {**strict, "DOCKER_TLS_VERIFY": "", "DOCKER_TLS": "1"}
    target = resolve(host=f"tcp://{tls_proxy.address}", context=None, environ=lax)
    connect(target, lax).close()
    found = connection_of(f"tcp://{tls_proxy.address}", lax)
    assert found.text == "the engine answers over TLS, its certificate not verified"


def test_a_certificate_for_another_name_is_refused(
    tls_proxy: Proxy, certificates: Path, environ: dict[str, str]
) -> None:
    port = tls_proxy.address.partition(":")[2]
    error = refused(f"tcp://localhost:{port}", tls_environ(environ, certificates / "good"))
    assert "for another name" in error.why


@pytest.mark.parametrize("client", ["none", "other"])
def test_without_the_right_client_certificate_the_engine_refuses(
    tls_proxy: Proxy,
    certificates: Path,
    environ: dict[str, str],
    tmp_path: Path,
    client: str,
) -> None:
    (tmp_path / "certs").mkdir()
    shutil.copy(certificates / "good/ca.pem", tmp_path / "certs")
    if client == "other":
        for file in ("cert.pem", "key.pem"):
            shutil.copy(certificates / "other" / file, tmp_path / "certs")
    error = refused(f"tcp://{tls_proxy.address}", tls_environ(environ, tmp_path / "certs"))
    assert "key.pem" in error.fix, error


def test_unusable_tls_files_are_named(
    tls_proxy: Proxy, certificates: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    bad = tmp_path / "bad"
    shutil.copytree(certificates / "good", bad)
    (bad / "key.pem").write_text("no key")
    environ = tls_environ(environ, bad)
    target = resolve(host=f"tcp://{tls_proxy.address}", context=None, environ=environ)
    with pytest.raises(UsageError) as error:
        connect(target, environ)
    assert str(bad / "key.pem") in error.value.why


def test_tls_asked_of_a_plain_engine_and_the_other_way_round(
    tls_proxy: Proxy, certificates: Path, environ: dict[str, str], engine_socket: str
) -> None:
    with Proxy(engine_socket) as plain:
        error = refused(f"tcp://{plain.address}", tls_environ(environ, certificates / "good"))
        assert "speaks no TLS" in error.why
        target = resolve(host=f"tcp://{plain.address}", context=None, environ=environ)
        connect(target, environ).close()
    assert "closed" in refused(f"tcp://{tls_proxy.address}", environ).why


def test_an_engine_that_goes_down_midway(environ: dict[str, str], engine_socket: str) -> None:
    with Proxy(engine_socket) as proxy:
        target = resolve(host=f"tcp://{proxy.address}", context=None, environ=environ)
        client = connect(target, environ)
        proxy.cut()
        with pytest.raises(requests.RequestException) as error:
            client.containers()
        client.close()
    assert translate(error.value).what == "the connection to the engine broke off"
    assert "nothing listens" in refused(target.address, environ).why
