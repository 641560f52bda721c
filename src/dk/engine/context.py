"""Which engine: flags, environment and docker's contexts, in docker's own order."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from dk.engine import address
from dk.errors import UsageError

DEFAULT_CONTEXT = "default"


class TlsFiles(NamedTuple):
    """PEM files for a TLS connection. Without `ca`, the system's authorities count."""

    ca: str | None
    cert: str | None
    key: str | None
    verify: bool


@dataclass(frozen=True, slots=True)
class Target:
    """The engine that a call of dk is for.

    `source` says in words where the address came from. `also_found` names the other sockets that
    answered, when nothing was configured and dk chose among several.
    """

    address: str
    context: str = DEFAULT_CONTEXT
    source: str = "default socket"
    tls: TlsFiles | None = None
    also_found: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether the engine's host is this one: a unix socket, or tcp on a loopback address."""
        if self.address.startswith("tcp://"):
            return address.is_loopback(address.split_tcp(self.address)[0])
        return self.address.startswith("unix://")

    @property
    def host(self) -> str:
        """The name of the engine's host, empty for a unix socket."""
        if self.address.startswith("tcp://"):
            return address.split_tcp(self.address)[0]
        if self.address.startswith("ssh://"):
            return address.split_ssh(self.address)[1]
        return ""


def resolve(*, host: str | None, context: str | None, environ: Mapping[str, str]) -> Target:
    """Return the engine to use.

    `--context`, `--host`, `DOCKER_HOST`, `DOCKER_CONTEXT`, `currentContext` in config.json and the
    default socket, in this order, as docker/cli cli/command/cli.go; `--host` beside `--context` is
    an error. Only where none of them says anything and the default socket is missing, the sockets
    of other engines on this machine are tried (dk's own). Raises UsageError for a context that
    does not exist, a bad address and files that can't be read.
    """
    if host is not None and context:
        raise UsageError(
            "conflicting options: --host and --context",
            "both choose the engine",
            "give one of them",
        )
    if context:
        return _named(context, "--context", environ)
    if host is not None:
        return _at(host, "--host", environ)
    if environ.get("DOCKER_HOST"):
        return _at(environ["DOCKER_HOST"], "DOCKER_HOST", environ)
    if name := environ.get("DOCKER_CONTEXT"):
        return _named(name, "DOCKER_CONTEXT", environ)
    if name := _current_context(environ):
        return _named(name, "currentContext in config.json", environ)
    target = _at("", "default socket", environ)
    socket = target.address.removeprefix("unix://")
    if target.address.startswith("unix://") and not os.access(socket, os.F_OK):
        from dk.engine.discovery import live_sockets

        if found := live_sockets(environ):
            (name, path), *others = found
            also = tuple(f"{other}: unix://{place}" for other, place in others)
            return Target(f"unix://{path}", source=f"found: {name}", also_found=also)
    return target


def config_folder(environ: Mapping[str, str]) -> Path:
    """Return docker's configuration folder: `DOCKER_CONFIG`, else `~/.docker`."""
    return Path(environ.get("DOCKER_CONFIG") or home(environ) / ".docker")


def home(environ: Mapping[str, str]) -> Path:
    """Return the user's home folder: `HOME`, else the password database's."""
    return Path(environ.get("HOME") or Path.home())


def read_config(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return docker's config.json, empty where there is none. UsageError where it is broken."""
    file = config_folder(environ) / "config.json"
    return _read_json(file) or {}


def _current_context(environ: Mapping[str, str]) -> str:
    name = read_config(environ).get("currentContext") or ""
    if not isinstance(name, str):
        _broken(config_folder(environ) / "config.json", "currentContext is not a text")
    return name


def _at(text: str, source: str, environ: Mapping[str, str]) -> Target:
    """Return the default context's engine: an address, with TLS as the environment has it."""
    verify = bool(environ.get("DOCKER_TLS_VERIFY"))
    wants_tls = verify or bool(environ.get("DOCKER_TLS"))
    place = address.parse_address(text, tls=wants_tls)
    if not (wants_tls and place.startswith("tcp://")):
        return Target(place, source=source)
    folder = Path(environ.get("DOCKER_CERT_PATH") or config_folder(environ))
    tls = _tls_files(folder, verify=verify)
    if not tls.ca:
        raise UsageError(
            f"no CA certificate at {folder / 'ca.pem'}",
            "DOCKER_TLS_VERIFY or DOCKER_TLS is set, so docker's files are needed",
            "set DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem",
        )
    return Target(place, source=source, tls=tls)


def _named(name: str, origin: str, environ: Mapping[str, str]) -> Target:
    """Return a context's engine, from docker's store (docker/cli cli/context/store)."""
    if name == DEFAULT_CONTEXT:
        # docker reads DOCKER_HOST for the default context, however that was asked for.
        if environ.get("DOCKER_HOST"):
            return _at(environ["DOCKER_HOST"], "DOCKER_HOST", environ)
        return _at("", f"default socket ({origin})", environ)
    from hashlib import sha256

    store = config_folder(environ) / "contexts"
    digest = sha256(name.encode()).hexdigest()
    file = store / "meta" / digest / "meta.json"
    meta = _read_json(file)
    if meta is None:
        raise _unknown(name, origin, store)
    try:
        endpoint = meta["Endpoints"]["docker"]
        place = address.parse_address(endpoint.get("Host") or "")
        skip_verify = bool(endpoint.get("SkipTLSVerify"))
    except (KeyError, TypeError, AttributeError):
        _broken(file, f"context {name} has no docker endpoint")
    tls = None
    if place.startswith("tcp://"):
        tls = _tls_files(store / "tls" / digest / "docker", verify=not skip_verify)
        if not (tls.ca or tls.cert or tls.key or skip_verify):
            tls = None
    return Target(place, name, f"context {name} ({origin})", tls)


def _tls_files(folder: Path, *, verify: bool) -> TlsFiles:
    ca, cert, key = (
        str(folder / file) if (folder / file).is_file() else None
        for file in ("ca.pem", "cert.pem", "key.pem")
    )
    return TlsFiles(ca, cert, key, verify)


def _unknown(name: str, origin: str, store: Path) -> UsageError:
    from difflib import get_close_matches

    names = [DEFAULT_CONTEXT]
    for file in sorted((store / "meta").glob("*/meta.json")):
        meta = _read_json(file) or {}
        if isinstance(known := meta.get("Name"), str):
            names.append(known)
    near = get_close_matches(name, names, n=3)
    fix = f"did you mean {' or '.join(near)}" if near else f"there are: {', '.join(sorted(names))}"
    return UsageError(f"no context {name}", f"asked for by {origin}", fix)


def _read_json(file: Path) -> dict[str, Any] | None:
    import json

    try:
        text = file.read_text("utf-8")
        data = json.loads(text) if text.strip() else {}
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        _broken(file, error.strerror or str(error))
    except json.JSONDecodeError as error:
        _broken(file, f"line {error.lineno}: {error.msg}")
    except UnicodeDecodeError:
        _broken(file, "it is not UTF-8 text")
    if not isinstance(data, dict):
        _broken(file, "it is not a JSON object")
    return data


def _broken(file: Path, why: str) -> NoReturn:
    raise UsageError(f"docker's file can't be read: {file}", why, "correct it or move it away")
