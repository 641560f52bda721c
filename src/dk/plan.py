"""What dk is about to do, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

from dk.errors import EngineLostError, ExitCode, NoEngineError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dk.errors import DkError
    from dk.spec.secret import Secret

Json: TypeAlias = Any
"""A value that `json.dumps` takes: bytes as integers, times as RFC 3339 texts in UTC."""


class DockerCommand(NamedTuple):
    """One docker command line that a user could paste, with notes printed above it as comments.

    No arguments at all means a note by itself. `hidden_notes` hold only while secrets are hidden.
    With `joins` its last word may stand behind the last of a like command, in one line.
    """

    argv: tuple[str | Secret, ...]
    notes: tuple[str, ...] = ()
    hidden_notes: tuple[str, ...] = ()
    joins: bool = False


class Effect(StrEnum):
    """What an operation does to the engine's state."""

    CREATE = "create"
    CHANGE = "change"
    DESTROY = "destroy"
    RUN = "run"


class Target(NamedTuple):
    """The resource that an operation is about; `id` is empty where there is none yet."""

    kind: str
    name: str
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One change. A subclass says what it is called, what it targets and its docker commands.

    `after` holds the ids of targets whose operations must be over before this one begins.
    """

    verb: ClassVar[str]
    effect: ClassVar[Effect]
    cause: str = ""
    after: tuple[str, ...] = ()

    @property
    def target(self) -> Target:
        """The resource that it changes."""
        raise NotImplementedError

    @property
    def destroys(self) -> bool:
        """Whether something is lost by it."""
        return self.effect is Effect.DESTROY

    def docker(self) -> tuple[DockerCommand, ...]:
        """Return the docker commands that do the same."""
        raise NotImplementedError


class Undo(StrEnum):
    """What `dk undo` could bring back of something that is removed."""

    FULL = "full"
    CONFIG = "config only"  # made anew as it was; what was written into it is lost
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal(Operation):
    """Something goes.

    `since` is where its age counts from, `age` that in words when it was planned; `size` is in
    bytes. None: not known.
    """

    effect: ClassVar[Effect] = Effect.DESTROY
    since: datetime | None = None
    age: str = ""
    size: int | None = None
    undo: Undo = Undo.NO


class Memory(NamedTuple):
    """What the journal keeps of one resource before it goes: what it takes to get it back.

    `data` is the engine's JSON of it, or its bytes as they came. It may hold secrets.
    """

    kind: str  # container, image, network, volume, cache
    id: str
    name: str
    data: Json


class Check(NamedTuple):
    """What a last look before an operation found: why to skip it, else what will be destroyed."""

    skipped: str = ""
    memories: tuple[Memory, ...] = ()


class Kept(NamedTuple):
    """Something that stays, and the rule that keeps it: "in use", with the detail "by web"."""

    kind: str
    name: str
    id: str
    rule: str
    detail: str = ""


class Prediction(NamedTuple):
    """Bytes that come free by the engine's own accounting; `why` says what makes it inexact."""

    size: int
    why: str = ""

    @property
    def exact(self) -> bool:
        """Whether the engine will measure just this."""
        return not self.why


class Freed(NamedTuple):
    """Bytes that came free, as the engine and the file system count; None: can't be known."""

    engine: int | None = None
    file_system: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An ordered list of operations.

    They run in parallel as far as their `after` lets them. With `transaction` they run one by one,
    the first failure ends it, and what was created is undone.
    `refused` holds targets that were asked for and can't be had; `question` is asked before
    anything is done, and is set only where dk chose the targets. `notices` are said always,
    `advice` only where `--quiet` does not ask for less. `kept` is what was looked at and stays,
    shown item by item with `shows_kept`.
    """

    operations: tuple[Operation, ...]
    refused: tuple[DkError, ...] = ()
    notices: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    question: str = ""
    transaction: bool = False
    kept: tuple[Kept, ...] = ()
    shows_kept: bool = False
    prediction: Prediction | None = None

    @property
    def itemised(self) -> bool:
        """Whether dk chose what goes, so that it is shown item by item."""
        return bool(self.question) and all(isinstance(each, Removal) for each in self.operations)

    @property
    def destroys(self) -> bool:
        """Whether anything is removed."""
        return any(operation.destroys for operation in self.operations)


class Status(StrEnum):
    """What became of an operation."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What applying an operation gave.

    `printed` is the line for stdout in a pipe (an id, a name), `sheet` what a terminal shows
    instead, `details` the JSON form. `exit_code` is set by what runs a container attached.
    `skipped` says why there was nothing to do.
    """

    printed: str = ""
    sheet: tuple[tuple[str, str], ...] = ()
    details: Mapping[str, Json] = field(default_factory=dict)
    exit_code: int | None = None
    skipped: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One operation and what became of it."""

    operation: Operation
    status: Status
    reason: str = ""
    done: Done | None = None
    error: DkError | None = None

    @property
    def left(self) -> bool:
        """Whether it was never begun, or not seen to its end."""
        return self.done is None and self.error is None


@dataclass(frozen=True, slots=True)
class Result:
    """A plan that was carried out: an outcome for every operation."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    interrupted: DkError | None = None
    freed: Freed | None = None

    @property
    def errors(self) -> tuple[DkError, ...]:
        """Everything that went wrong, refusals first."""
        failed = [outcome.error for outcome in self.outcomes if outcome.error is not None]
        # What befell many in the same way is said once; an engine is lost once, however it is seen.
        once = {e.what if isinstance(e, EngineLostError) else str(e): e for e in reversed(failed)}
        interrupted = (self.interrupted,) if self.interrupted else ()
        return (*self.plan.refused, *reversed(once.values()), *interrupted)

    @property
    def measurable(self) -> bool:
        """Whether the engine is still there to ask, and somebody waits for what it says."""
        return self.interrupted is None and not any(
            isinstance(error, EngineLostError | NoEngineError) for error in self.errors
        )

    @property
    def exit_code(self) -> int:
        """The code that dk ends with."""
        if self.interrupted is not None:
            return self.interrupted.exit_code
        if len(self.errors) == 1:
            return self.errors[0].exit_code
        if self.errors:
            return ExitCode.FAILED
        codes = [o.done.exit_code for o in self.outcomes if o.done and o.done.exit_code is not None]
        return codes[-1] if codes else ExitCode.DONE
