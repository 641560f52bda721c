"""The rows of `dk doctor`.

A problem is what is set up or in use and does not work, and makes dk end with 1. A note is what is
merely missing, or will soon be a problem.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from dk.errors import DkError, NoEngineError
from dk.plan import DockerCommand
from dk.report import Column, Mark, Report, Row
from dk.spec.size import write_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dk.engine.config_file import Mistake
    from dk.engine.context import Target
    from dk.model import Disk
    from dk.plan import Json
    from dk.plugins import Program

FULL = 1_000_000_000
LOW = 5_000_000_000
"""Bytes free below which a disk is a problem and a note."""

INODES_FULL, INODES_LOW = 0.01, 0.05
"""The share of inodes free below which they are a problem and a note."""

DOCKER = (
    DockerCommand(("docker", "context", "ls")),
    DockerCommand(("docker", "version")),
    DockerCommand(
        ("docker", "info"),
        notes=("of the disk with the Docker Root Dir, df -h and df -i say what is left",),
    ),
    DockerCommand(("docker", "buildx", "version")),
    DockerCommand(("docker", "compose", "version")),
    DockerCommand(
        (),
        notes=(
            "credsStore and credHelpers in config.json name programs docker-credential-NAME,",
            "which must be in PATH",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do about it."""

    check: str
    mark: Mark
    text: str
    fix: str = ""
    details: Mapping[str, Json] = field(default_factory=dict)


class EngineVersion(NamedTuple):
    """Which engine it is, the API versions that it takes, and the one that dk speaks with it."""

    name: str
    version: str
    oldest_api: str
    newest_api: str
    spoken: str


class Helper(NamedTuple):
    """A credential helper: its program, what in config.json names it, and where it was found."""

    program: str
    named_by: str
    path: str = ""
    is_executable: bool = True


def doctor_report(findings: Sequence[Finding]) -> Report:
    """Return a row for each finding, in order."""
    return Report(
        columns=(Column("CHECK"), Column("FINDING"), Column("FIX")),
        rows=tuple(_row(finding) for finding in findings),
        docker=DOCKER,
        summary=_summary(findings),
        problems=tuple(
            DkError(f"{finding.check}: {finding.text}", fix=finding.fix)
            for finding in findings
            if finding.mark is Mark.BAD
        ),
    )


def _row(finding: Finding) -> Row:
    return Row(
        cells=(finding.check, finding.text, finding.fix),
        quiet=finding.check if finding.mark is Mark.BAD else "",
        data={
            "check": finding.check,
            "status": finding.mark.value,
            "finding": finding.text,
            "fix": finding.fix,
            "details": dict(finding.details),
        },
        mark=finding.mark,
    )


def _summary(findings: Iterable[Finding]) -> str:
    marks = [finding.mark for finding in findings]
    counts = [
        f"{count} {mark.value}{'s' if count > 1 else ''}"
        for mark in (Mark.BAD, Mark.NOTE)
        if (count := marks.count(mark))
    ]
    return ", ".join(counts if Mark.BAD in marks else ["no problems", *counts])


def failed(check: str, error: DkError) -> Finding:
    """Return the finding for an error. Of an unreachable engine, the context names the address."""
    if isinstance(error, NoEngineError) and error.why:
        return Finding(check, Mark.BAD, error.why, error.fix)
    text = f"{error.what}: {error.why}" if error.why else error.what
    return Finding(check, Mark.BAD, text, error.fix)


def unchecked(check: str, why: str, fix: str = "") -> Finding:
    """Return the finding for what could not be looked at."""
    return Finding(check, Mark.OPEN, f"not checked: {why}", fix)


def config_finding(path: str, mistakes: Sequence[Mistake], *, exists: bool) -> Finding:
    """Judge config.json, which was read and is JSON."""
    if mistakes:
        text = "; ".join(f"{mistake.place} {mistake.why}" for mistake in mistakes)
        return Finding("config.json", Mark.BAD, text, f"correct it in {path}", {"path": path})
    text = path if exists else f"none at {path}: docker's defaults hold"
    return Finding("config.json", Mark.GOOD, text, details={"path": path})


def context_finding(target: Target, *, overridden: str) -> Finding:
    """Say which engine was chosen, and by what. `overridden` is a context that it hides."""
    details = {"address": target.address, "context": target.context, "source": target.source}
    joint = ", the " if target.source.startswith("default socket") else ", from "
    if target.source.startswith("found"):
        joint = ", "
    text, fix, mark = f"{target.address}{joint}{target.source}", "", Mark.GOOD
    if target.source.startswith("found"):
        mark, fix = Mark.NOTE, f"for docker too: export DOCKER_HOST={target.address}"
        if target.also_found:
            text += f"; also there: {', '.join(target.also_found)}"
    elif overridden:
        mark, text = Mark.NOTE, f"{text}, which hides the context {overridden}"
        fix = f"for {overridden}: unset DOCKER_HOST"
    return Finding("context", mark, text, fix, details)


def connection_finding(target: Target) -> Finding:
    """Say how the engine was reached."""
    way = {"unix": "its socket", "tcp": "plain TCP", "ssh": "ssh"}[target.address.split("://")[0]]
    if target.tls:
        way = "TLS" if target.tls.verify else "TLS, its certificate not verified"
    return Finding("connection", Mark.GOOD, f"the engine answers over {way}")


def versions_finding(engine: EngineVersion, *, wanted: str) -> Finding:
    """Judge the engine's API versions. `wanted` is what DOCKER_API_VERSION asks for."""
    details = engine._asdict()
    spoken = _parts(engine.spoken)
    text = f"{engine.name} {engine.version}, API {engine.newest_api}"
    if wanted:
        text += f"; DOCKER_API_VERSION asks for {wanted}"
    elif spoken != _parts(engine.newest_api):
        text += f"; dk speaks {engine.spoken}"
    fix = ""
    if spoken > _parts(engine.newest_api):
        text += ", which is too new"
        fix = "unset DOCKER_API_VERSION"
    elif engine.oldest_api and spoken < _parts(engine.oldest_api):
        text += f", and the engine takes {engine.oldest_api} or newer"
        fix = "unset DOCKER_API_VERSION" if wanted else "update dk"
    return Finding("versions", Mark.BAD if fix else Mark.GOOD, text, fix, details)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def disk_finding(disk: Disk) -> Finding:
    """Judge what is left on the disk with the engine's data."""
    share = disk.free_inodes / disk.inodes if disk.inodes else 1.0
    text = f"{write_size(disk.free)} free of {write_size(disk.size)} at {disk.path}"
    mark = Mark.GOOD
    if share < INODES_LOW:
        text += f", {share:.1%} of its inodes free"
    if disk.free < LOW or share < INODES_LOW:
        mark = Mark.NOTE
    if disk.free < FULL or share < INODES_FULL:
        mark = Mark.BAD
    fix = "" if mark is Mark.GOOD else "see what could go: dk clean -a --dry-run"
    return Finding("disk space", mark, text, fix, disk._asdict())


def buildx_finding(program: Program | None, install: str) -> Finding:
    """Judge docker's buildx plugin."""
    if program is None:
        text = "not installed: docker build has only the old builder"
        return Finding("buildx", Mark.NOTE, text, install)
    return _program("buildx", program, install)


def compose_finding(plugin: Program | None, standalone: Program | None, install: str) -> Finding:
    """Judge Compose: the plugin, else a `docker-compose` of its own."""
    program = plugin or standalone
    if program is None:
        return Finding("compose", Mark.NOTE, "not installed", install)
    found = _program("compose", program, install)
    if plugin is None and found.mark is Mark.GOOD:
        text = f"{found.text}, no plugin: docker compose is unknown"
        return Finding("compose", Mark.NOTE, text, install, found.details)
    return found


def _program(check: str, program: Program, install: str) -> Finding:
    details = {"path": program.path, "version": program.version}
    if program.trouble:
        text = f"{program.path} {program.trouble}"
        return Finding(check, Mark.BAD, text, f"install it anew: {install}", details)
    text = f"{program.version or 'of an unknown version'}, {program.path}"
    return Finding(check, Mark.GOOD, text, details=details)


def helper_findings(helpers: Sequence[Helper], config_path: str) -> tuple[Finding, ...]:
    """Judge the credential helpers that config.json names: a finding for each that is lost."""
    lost = tuple(
        _lost(helper, config_path)
        for helper in helpers
        if not (helper.path and helper.is_executable)
    )
    if lost:
        return lost
    text = ", ".join(helper.path for helper in helpers) or "no helper is set up"
    details = {"helpers": [helper._asdict() for helper in helpers]}
    return (Finding("credentials", Mark.GOOD, text, details=details),)


def _lost(helper: Helper, config_path: str) -> Finding:
    if helper.path:
        text, fix = f"{helper.path} is not executable", f"chmod +x {quote(helper.path)}"
    else:
        text = f"no {helper.program} in PATH, named by {helper.named_by}"
        fix = f"install it, or take {helper.named_by} out of {config_path}"
    return Finding("credentials", Mark.BAD, text, fix, {"helpers": [helper._asdict()]})
