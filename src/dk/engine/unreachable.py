"""Why no engine could be reached, and what to do about it."""

import os
import socket
import stat
import sys

from dk.engine.address import split_ssh, split_tcp
from dk.engine.context import Target
from dk.engine.dial import SSH_CONNECT_TIMEOUT, SshError
from dk.engine.failures import one_line, root_cause
from dk.errors import DkError, NoEngineError

_NO_ANSWER = "a connection was made, but nothing answered in time"


def explain_unreachable(target: Target, error: BaseException) -> DkError:
    """Return what was tried, the likely cause and the next step.

    Takes what `dial` and the requests over it raise. A DkError inside, about the TLS files say,
    is returned as it is.
    """
    cause = root_cause(error)
    if isinstance(cause, DkError):
        return cause
    response = getattr(error, "response", None)
    if response is not None:
        why, fix = _explain_status(response.status_code, one_line(response.text))
    elif target.address.startswith("unix://"):
        why, fix = _explain_unix(target, cause)
    elif target.address.startswith("ssh://"):
        why, fix = _explain_ssh(target.address, cause)
    else:
        why, fix = _explain_tcp(target, cause)
    return _no_engine(target, why, fix)


def not_an_engine(target: Target) -> NoEngineError:
    """Return the error for something that answers HTTP, but not as an engine does."""
    return _no_engine(target, "what answers there is not a Docker engine", "check the address")


def too_old(target: Target, offered: str, oldest: str) -> NoEngineError:
    """Return the error for an engine whose newest API is older than what dk can speak."""
    why = f"the engine speaks API {offered}, dk needs {oldest} or newer"
    return _no_engine(target, why, "update the engine")


def _no_engine(target: Target, why: str, fix: str) -> NoEngineError:
    return NoEngineError(f"no Docker engine at {target.address} ({target.source})", why, fix)


def _explain_status(status: int, text: str) -> tuple[str, str]:
    if "HTTP request to an HTTPS server" in text:
        return (
            "it speaks TLS, and plain HTTP was spoken",
            "set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH, or use a context with TLS files",
        )
    if "client version" in text:
        return text, "unset DOCKER_API_VERSION, or update dk or the engine"
    said = f": {text}" if text and len(text) < 200 else ""
    return f"it answered with HTTP {status}{said}", "check the address and what stands before it"


def _explain_unix(target: Target, cause: BaseException) -> tuple[str, str]:
    path = target.address.removeprefix("unix://")
    match cause:
        case FileNotFoundError() | NotADirectoryError():
            if not target.source.startswith("default socket"):
                return f"there is no {path}", "check the path, or start the engine that makes it"
            if _find_program("dockerd"):
                return "the engine is installed but not running", _how_to_start()
            what = "only the docker command" if _find_program("docker") else "no Docker engine"
            return f"{what} is installed here", _how_to_install()
        case PermissionError():
            return "your user may not open the socket", _how_to_be_allowed(path)
        case ConnectionRefusedError() if not _is_socket(path):
            return f"{path} is not a socket", "remove it and start the engine, or check the path"
        case ConnectionRefusedError():
            return "the engine is not running: nothing listens at its socket", _how_to_start()
        case TimeoutError() | BlockingIOError():
            return _NO_ANSWER, "the engine may hang: see its log, or restart it"
        case _:
            return _in_words(cause), "see the engine's log (journalctl -u docker)"


def _explain_tcp(target: Target, cause: BaseException) -> tuple[str, str]:
    import ssl

    host, port, _ = split_tcp(target.address)
    match cause:
        case ssl.SSLCertVerificationError():
            if cause.verify_code in (62, 64):  # the host name, the IP address
                return (
                    f"its certificate is for another name: {one_line(cause.verify_message)}",
                    "use the name that the certificate is for",
                )
            return (
                f"its certificate is not trusted: {one_line(cause.verify_message)}",
                "check that ca.pem belongs to this engine",
            )
        case ssl.SSLError() if not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return _explain_tls(cause.reason or str(cause))
        case ConnectionRefusedError():
            return f"nothing listens on port {port} there", "check the port, or start the engine"
        case socket.gaierror():
            return f"the name {host} is unknown", "check the spelling and the name server"
        case TimeoutError():
            return "no answer in time", "check the address, the network and the firewall"
        case ssl.SSLError() | ConnectionError() if target.tls:
            return (
                "the connection was closed during TLS",
                "check that the engine expects TLS, and that cert.pem and key.pem are its client's",
            )
        case ConnectionError():
            return "the connection was closed", "check the address; an engine with TLS needs TLS"
        case _:
            return _in_words(cause), "check the address and the network"


def _explain_tls(reason: str) -> tuple[str, str]:
    reason = reason.replace("_", " ").lower()
    if "wrong version" in reason or "http request" in reason or "record layer" in reason:
        return "it speaks no TLS, and TLS was asked for", "unset DOCKER_TLS_VERIFY and DOCKER_TLS"
    if "alert" in reason:
        return (
            f"it refuses dk's certificate: {reason}",
            "put a cert.pem and key.pem that the engine's CA signed beside ca.pem",
        )
    return f"TLS failed: {reason}", "check the TLS files and the port"


def _explain_ssh(address: str, cause: BaseException) -> tuple[str, str]:
    user, host, port, _ = split_ssh(address)
    place = f"{user}@{host}" if user else host
    login = f"ssh {f'-p {port} ' if port else ''}{place}"
    if isinstance(cause, FileNotFoundError):
        return "the ssh command is not installed here", "install openssh-client"
    if isinstance(cause, TimeoutError):
        return _NO_ANSWER, f"check that `{login} docker version` works"
    if not isinstance(cause, SshError):
        return _in_words(cause), f"check that `{login} docker version` works"
    said = cause.stderr
    last = one_line(said.strip().rpartition("\n")[2]) or str(cause)
    down = f"the engine on {host} is not running"
    start = f"start it there: {login} sudo systemctl start docker"
    known = (
        ("Host key verification failed", f"the host key of {host} is unknown or has changed",
         f"check it by connecting once: {login}"),
        ("Permission denied (", last, f"set up a key or an agent, so that `{login}` asks nothing"),
        ("Could not resolve hostname", f"the name {host} is unknown", "check the spelling"),
        ("Connection refused", f"no ssh server listens at {host}", "check the host and the port"),
        ("Connection timed out", f"{host} did not answer within {SSH_CONNECT_TIMEOUT} s",
         "check the address, the network and the firewall"),
        # From here on it is docker that speaks, on the far side.
        ("connect: permission denied", "the user there may not use the engine",
         f"on {host}: sudo usermod -aG docker {user or '$USER'}"),
        ("connect: no such file", down, start),
        ("connect: connection refused", down, start),
        ("Cannot connect to the Docker daemon", down, start),
        ("unknown command", f"docker on {host} is too old for ssh", "install 18.09 or newer there"),
    )  # fmt: skip
    for words, why, fix in known:
        if words in said:
            return why, fix
    if cause.exit_code == 127 or "not found" in last:
        return f"there is no docker command on {host}", f"install docker on {host}"
    return last, f"check that `{login} docker version` works"


def _in_words(cause: BaseException) -> str:
    text = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    return one_line(str(text))


def _find_program(name: str) -> bool:
    from shutil import which

    # The daemon's folder is not in every user's PATH.
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"))
    return which(name, path=path) is not None


def _is_socket(path: str) -> bool:
    try:
        return stat.S_ISSOCK(os.stat(path).st_mode)  # noqa: PTH116
    except OSError:
        return True


def _how_to_start() -> str:
    if sys.platform == "darwin":
        return "start Docker Desktop, Colima or OrbStack"
    if os.access("/run/systemd/system", os.F_OK):
        return "start it: sudo systemctl start docker"
    return "start it: sudo service docker start"


def _how_to_install() -> str:
    if sys.platform == "darwin":
        return "install and start Docker Desktop, Colima or OrbStack"
    if _find_program("apt-get"):
        return "install one: sudo apt-get install docker.io"
    return "install one: https://docs.docker.com/engine/install/"


def _how_to_be_allowed(path: str) -> str:
    import grp
    import pwd

    try:
        group = grp.getgrgid(os.stat(path).st_gid)  # noqa: PTH116
        user = pwd.getpwuid(os.geteuid()).pw_name
    except (OSError, KeyError):
        return "use sudo, or run dk as the socket's owner"
    if user in group.gr_mem:
        return f"you are in the group {group.gr_name} since your last login: log in again"
    if group.gr_gid == 0:
        return "use sudo, or run dk as the socket's owner"
    return f"join its group, then log in again: sudo usermod -aG {group.gr_name} $USER"
