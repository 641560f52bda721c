"""Carries out `dk doctor`: looks at what docker needs, in order, and changes nothing.

What can hang, engines and programs, has a limit of time; what failed does not end the rest.
"""

from __future__ import annotations

import os
import socket
from http.client import HTTPException
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any, NamedTuple

from dk.engine.client import agreed, wanted_api
from dk.engine.config_file import (
    config_folder,
    config_path,
    http_headers,
    load_config,
    mistakes,
)
from dk.engine.context import DEFAULT_CONTEXT, Target, resolve
from dk.engine.probe import Probe, RefusedError
from dk.engine.unreachable import explain_unreachable
from dk.errors import DkError
from dk.host import disk
from dk.patience import within
from dk.plugins import folders, plugin, standalone_compose
from dk.report import Mark
from dk.reports.doctor import (
    EngineVersion,
    Finding,
    Helper,
    buildx_finding,
    compose_finding,
    config_finding,
    connection_finding,
    context_finding,
    disk_finding,
    failed,
    helper_findings,
    unchecked,
    versions_finding,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DISK_PATIENCE = 5.0  # seconds; a file system of another host may hang

Config = dict[str, Any]


class Examination(NamedTuple):
    """Everything that was found, and the engine that it is about."""

    target: Target | None
    findings: tuple[Finding, ...]


def examine(*, host: str | None, context: str | None, environ: Mapping[str, str]) -> Examination:
    """Look at everything; nothing that is found is raised."""
    config, config_is = _config(environ)
    target, context_is = _context(host, context, environ, config)
    return Examination(
        target,
        (
            config_is,
            context_is,
            *_engine(target, environ, config),
            *_programs(environ, config),
            *_helpers(environ, config),
        ),
    )


def _config(environ: Mapping[str, str]) -> tuple[Config, Finding]:
    """Return what docker takes of config.json: without what is wrong in it."""
    path = config_path(environ)
    try:
        config = load_config(environ)
    except DkError as error:
        return {}, failed("config.json", error)
    wrong = tuple(mistakes(config))
    bad_keys = {mistake.place.partition(".")[0].partition("[")[0] for mistake in wrong}
    usable = {key: value for key, value in config.items() if key not in bad_keys}
    return usable, config_finding(str(path), wrong, exists=path.exists())


def _context(
    host: str | None, context: str | None, environ: Mapping[str, str], config: Config
) -> tuple[Target | None, Finding]:
    try:
        target = resolve(host=host, context=context, environ=environ, config=config)
    except DkError as error:
        return None, failed("context", error)
    hidden = ""
    if target.source == "DOCKER_HOST" and not context:
        hidden = environ.get("DOCKER_CONTEXT") or config.get("currentContext") or ""
    hidden = "" if hidden == DEFAULT_CONTEXT else hidden
    return target, context_finding(target, overridden=hidden)


def _engine(target: Target | None, environ: Mapping[str, str], config: Config) -> Iterator[Finding]:
    """Yield how the engine is reached, its versions, and the disk of its data."""
    if target is None:
        for check in ("connection", "versions", "disk space"):
            yield unchecked(check, "no context")
        return
    with Probe(target, http_headers(config)) as probe:
        try:
            offered = probe.get("/_ping").headers.get("api-version", "")
        except (DkError, OSError, HTTPException, RefusedError, ValueError) as error:
            yield failed("connection", explain_unreachable(target, error))
            yield unchecked("versions", "no engine")
            yield unchecked("disk space", "no engine")
            return
        yield connection_finding(target)
        yield _versions(probe, target, offered, environ)
        yield _disk(probe, target)


def _versions(probe: Probe, target: Target, offered: str, environ: Mapping[str, str]) -> Finding:
    try:
        wanted = wanted_api(environ)
        spoken = agreed(target, offered)
        answer = probe.get("/version").json()
        parts = answer.get("Components") or [{}]
        return versions_finding(
            EngineVersion(
                name=str(parts[0].get("Name") or "engine").replace("Engine", "engine"),
                version=str(answer.get("Version")),
                oldest_api=str(answer.get("MinAPIVersion") or ""),
                newest_api=offered,
                spoken=wanted or spoken,
            ),
            wanted=wanted,
        )
    except DkError as error:
        return failed("versions", error)
    except (OSError, HTTPException, RefusedError, ValueError, LookupError, AttributeError) as error:
        return Finding("versions", Mark.BAD, f"the engine does not tell its version: {error}")


def _disk(probe: Probe, target: Target) -> Finding:
    if not target.is_local:
        return unchecked("disk space", f"the engine's disk is on {target.host}, out of reach")
    try:
        answer = probe.get("/info").json()
        root, name = str(answer["DockerRootDir"]), str(answer.get("Name") or "")
        system = str(answer.get("OperatingSystem") or "")
    except (OSError, HTTPException, RefusedError, ValueError, LookupError) as error:
        return unchecked("disk space", f"the engine does not tell where its data is: {error}")
    if system == "Docker Desktop" or name not in {"", socket.gethostname()}:
        return unchecked("disk space", f"the engine's disk is on {name or system}, out of reach")
    try:
        return disk_finding(within(DISK_PATIENCE, lambda: disk(root)))
    except FileNotFoundError:
        return unchecked("disk space", f"{root} of the engine is not on this machine")
    except OSError as error:
        return unchecked("disk space", f"{root}: {(error.strerror or str(error)).lower()}")


def _programs(environ: Mapping[str, str], config: Config) -> Iterator[Finding]:
    places = folders(config_folder(environ), config.get("cliPluginsExtraDirs") or ())
    yield buildx_finding(plugin("buildx", places, environ), _how_to_install("buildx"))
    compose = plugin("compose", places, environ)
    standalone = None if compose else standalone_compose(environ)
    yield compose_finding(compose, standalone, _how_to_install("compose"))


def _how_to_install(name: str) -> str:
    if Path("/var/lib/dpkg/info/docker-ce-cli.list").exists():
        return f"sudo apt-get install docker-{name}-plugin"
    return f"https://docs.docker.com/go/{name}/"


def _helpers(environ: Mapping[str, str], config: Config) -> tuple[Finding, ...]:
    named: dict[str, str] = {}
    for registry, name in (config.get("credHelpers") or {}).items():
        if name:
            named.setdefault(f"docker-credential-{name}", f"credHelpers.{registry}")
    if store := config.get("credsStore"):
        named[f"docker-credential-{store}"] = "credsStore"
    path = environ.get("PATH")
    found = tuple(
        Helper(program, source, there or which(program, os.F_OK, path) or "", there is not None)
        for program, source in named.items()
        for there in [which(program, path=path)]
    )
    return helper_findings(found, str(config_path(environ)))
