"""The JSON document of every command: one versioned envelope, its fields only ever added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.output.explain import addressed, words
from dk.plan import Removal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dk.engine.context import Target as EngineTarget
    from dk.errors import DkError
    from dk.plan import DockerCommand, Freed, Json, Kept, Operation, Outcome, Prediction

VERSION = 1


def envelope(
    *,
    command: str,
    status: str,
    exit_code: int,
    engine: EngineTarget | None,
    rows: Sequence[Json] = (),
    operations: Sequence[Json] = (),
    docker: Iterable[DockerCommand] = (),
    with_secrets: bool = False,
    notices: Sequence[str] = (),
    errors: Iterable[DkError] = (),
    kept: Iterable[Kept] = (),
    prediction: Prediction | None = None,
    freed: Freed | None = None,
) -> dict[str, Json]:
    """Return the document; `docs/reference/envelope.schema.json` describes it."""
    return {
        "version": VERSION,
        "command": command,
        "status": status,
        "exit_code": int(exit_code),
        "engine": None
        if engine is None
        else {"address": engine.address, "context": engine.context, "source": engine.source},
        "rows": list(rows),
        "operations": list(operations),
        "docker": [words(line, with_secrets=with_secrets) for line in docker if line.argv],
        "notices": list(notices),
        "errors": [
            {"what": e.what, "why": e.why, "fix": e.fix, "log": list(e.log)} for e in errors
        ],
        "kept": [thing._asdict() for thing in kept],
        "bytes": None
        if prediction is None
        else {
            "predicted": prediction.size,
            "exact": prediction.exact,
            "why": prediction.why,
            "measured": freed.engine if freed else None,
            "file_system": freed.file_system if freed else None,
        },
    }


def planned(operation: Operation, engine_flags: tuple[str, ...] = ()) -> dict[str, Json]:
    """Return an operation's JSON form, its outcome still open."""
    target = operation.target
    return {
        "verb": operation.verb,
        "effect": operation.effect.value,
        "target": {"kind": target.kind, "name": target.name, "id": target.id or None},
        "cause": operation.cause,
        "docker": [
            words(command)
            for command in addressed(operation.docker(), engine_flags)
            if command.argv
        ],
        "outcome": None,
        **(_removal(operation) if isinstance(operation, Removal) else {}),
    }


def _removal(operation: Removal) -> dict[str, Json]:
    since = operation.since
    return {
        "since": since.isoformat().replace("+00:00", "Z") if since else None,
        "size": operation.size,
        "undo": operation.undo.value,
    }


def carried_out(outcome: Outcome, engine_flags: tuple[str, ...] = ()) -> dict[str, Json]:
    """Return an operation's JSON form with what became of it."""
    return {
        **planned(outcome.operation, engine_flags),
        "outcome": {
            "status": outcome.status.value,
            "reason": outcome.reason,
            "details": dict(outcome.done.details) if outcome.done else {},
        },
    }
