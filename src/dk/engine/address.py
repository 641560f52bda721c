"""An engine's address, as `-H` and `DOCKER_HOST` take it."""

import re

from dk.errors import UsageError

DEFAULT_SOCKET = "/var/run/docker.sock"
DEFAULT_HOST, DEFAULT_PORT = "localhost", 2375
DEFAULT_TLS_ADDRESS = f"tcp://{DEFAULT_HOST}:2376"

_HOST_PORT = r"(?:\[(?P<v6>[\w:.%-]+)\]|(?P<host>[^:/\[\]@?#\s]*))(?::(?P<port>\d*))?"
_FORMS = "write unix:///path/to.sock, tcp://host:port or ssh://user@host"


def parse_address(text: str, *, tls: bool = False) -> str:
    """Return the address in full: `unix://PATH`, `tcp://HOST:PORT[/PATH]` or `ssh://[USER@]HOST…`.

    Without a scheme, what starts with `/` or `./` is a socket and the rest is tcp, as docker/cli
    opts/hosts.go; an empty text is the default. Anything else is a UsageError.
    """
    text = text.strip()
    if not text:
        return DEFAULT_TLS_ADDRESS if tls else f"unix://{DEFAULT_SOCKET}"
    scheme, mark, rest = text.partition("://")
    if not mark:
        scheme, rest = ("unix" if text.startswith(("/", "./")) else "tcp"), text
    match scheme:
        case "unix":
            if "://" in rest:
                raise _bad(text, "a socket's path holds no ://")
            return f"unix://{rest or DEFAULT_SOCKET}"
        case "tcp":
            host, port, path = split_tcp(f"tcp://{rest}")
            return f"tcp://{_bracketed(host)}:{port}{path}"
        case "ssh":
            split_ssh(text)
            return text
        case "npipe":
            raise _bad(text, "named pipes exist on Windows only")
        case "http" | "https":
            raise _bad(text, f"{scheme}:// is not an engine's scheme", "write tcp://host:port")
        case _:
            raise _bad(text, f"{scheme}:// is not an engine's scheme")


def split_tcp(address: str) -> tuple[str, int, str]:
    """Return host, port and path (a prefix for every request, mostly empty) of `tcp://…`."""
    netloc, slash, path = address.removeprefix("tcp://").partition("/")
    if netloc.count(":") > 1 and not netloc.startswith("["):
        netloc = f"[{netloc}]"  # a bare IPv6 address
    host, port = _split_host(netloc, address)
    return host or DEFAULT_HOST, int(port or DEFAULT_PORT), slash + path if path else ""


def split_ssh(address: str) -> tuple[str, str, str, str]:
    """Return user, host, port and socket path of `ssh://[user@]host[:port][/socket]`.

    What is not given is empty. As docker/cli connhelper/ssh: no password, query or fragment.
    """
    from urllib.parse import unquote

    netloc, slash, path = address.removeprefix("ssh://").partition("/")
    if "?" in address or "#" in address:
        raise _bad(address, "an ssh address has no ? or # part")
    user, _, place = netloc.rpartition("@")
    if ":" in user:
        raise _bad(address, "a password can't stand in an ssh address",
                   "use a key or an ssh agent")  # fmt: skip
    host, port = _split_host(place, address)
    if not host:
        raise _bad(address, "the host name is missing")
    return unquote(user), host, port, unquote(slash + path) if path.strip("/") else ""


def is_loopback(host: str) -> bool:
    """Tell whether a host name or IP address means this machine, without asking a name server."""
    from ipaddress import ip_address

    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _split_host(netloc: str, address: str) -> tuple[str, str]:
    match = re.fullmatch(_HOST_PORT, netloc)
    if not match:
        raise _bad(address, "it is not host:port")
    port = match["port"] or ""
    if port and not 0 < int(port) < 65536:
        raise _bad(address, f"port {port} is not between 1 and 65535")
    return match["v6"] or match["host"] or "", port


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _bad(text: str, why: str, fix: str = _FORMS) -> UsageError:
    shown = re.sub(r"^([^:]*://)?([^:@/]*):[^/]*@", r"\1\2:•••@", text)
    return UsageError(f"bad engine address: {shown}", why, fix)
