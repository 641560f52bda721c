"""Which engine: flags, environment and docker's contexts, in docker's own order."""

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from dk.engine import address
from dk.engine.config_file import broken, config_folder, read_config, read_json
from dk.errors import UsageError
from dk.options import engine_flags

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
    answered, when nothing was configured and dk chose among several. `flags` are docker's words for
    the same engine, where docker itself would take another.
    """

    address: str
    context: str = DEFAULT_CONTEXT
    source: str = "default socket"
    tls: TlsFiles | None = None
    also_found: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether the engine's host is this one: a unix socket, or tcp on a loopback address."""
        if self.address.startswith("tcp://"):
            return address.is_loopback(address.split_tcp(self.address)[0])
        return self.address.startswith("unix://")

    @property
    def docker(self) -> str:
        """The docker command for the same engine, to begin a line that is typed next."""
        return shlex.join(["docker", *self.flags])

    @property
    def host(self) -> str:
        """The name of the engine's host, empty for a unix socket."""
        if self.address.startswith("tcp://"):
            return address.split_tcp(self.address)[0]
        if self.address.startswith("ssh://"):
            return address.split_ssh(self.address)[1]
        return ""


def resolve(
    *,
    host: str | None,
    context: str | None,
    environ: Mapping[str, str],
    config: Mapping[str, Any] | None = None,
) -> Target:
    """Return the engine to use.

    `--context`, `--host`, `DOCKER_HOST`, `DOCKER_CONTEXT`, `currentContext` in config.json and the
    default socket, in this order, as docker/cli cli/command/cli.go; `--host` beside `--context` is
    an error. Only where none of them says anything and the default socket is missing, the sockets
    of other engines on this machine are tried (dk's own). `config` is config.json's content, where
    it is to be another than the file's. Raises UsageError for a context that does not exist, a bad
    address and files that can't be read.
    """
    if host is not None and context:
        raise UsageError(
            "conflicting options: --host and --context",
            "both choose the engine",
            "give one of them",
        )
    flags = engine_flags(host, context)
    if context:
        return replace(_named(context, "--context", environ), flags=flags)
    if host is not None:
        return replace(_at(host, "--host", environ), flags=flags)
    if environ.get("DOCKER_HOST"):
        return _at(environ["DOCKER_HOST"], "DOCKER_HOST", environ)
    if name := environ.get("DOCKER_CONTEXT"):
        return _named(name, "DOCKER_CONTEXT", environ)
    config = read_config(environ) if config is None else config
    if name := config.get("currentContext"):
        return _named(name, "currentContext in config.json", environ)
    target = _at("", "default socket", environ)
    socket = target.address.removeprefix("unix://")
    if target.address.startswith("unix://") and not os.access(socket, os.F_OK):
        from dk.engine.discovery import live_sockets

        if found := live_sockets(environ):
            (name, path), *others = found
            also = tuple(f"{other}: unix://{place}" for other, place in others)
            place = f"unix://{path}"
            flags = engine_flags(place, None)
            return Target(place, source=f"found: {name}", also_found=also, flags=flags)
    return target


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
    meta = read_json(file)
    if meta is None:
        raise _unknown(name, origin, environ)
    try:
        endpoint = meta["Endpoints"]["docker"]
        place = address.parse_address(endpoint.get("Host") or "")
        skip_verify = bool(endpoint.get("SkipTLSVerify"))
    except (KeyError, TypeError, AttributeError):
        raise broken(file, f"context {name} has no docker endpoint") from None
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


def context_names(environ: Mapping[str, str]) -> list[str]:
    """Return the names of all contexts, the default one first. UsageError for a broken file."""
    names = [DEFAULT_CONTEXT]
    for file in sorted((config_folder(environ) / "contexts" / "meta").glob("*/meta.json")):
        meta = read_json(file) or {}
        if isinstance(known := meta.get("Name"), str):
            names.append(known)
    return names


def _unknown(name: str, origin: str, environ: Mapping[str, str]) -> UsageError:
    from difflib import get_close_matches

    names = context_names(environ)
    near = get_close_matches(name, names, n=3)
    there = f"choose one that is there: {', '.join(sorted(names))}"
    fix = f"did you mean {' or '.join(near)}" if near else there
    return UsageError(f"no context {name}", f"asked for by {origin}", fix)
