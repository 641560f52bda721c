"""The one error form and the exit codes."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What dk's exit codes mean. `run` and `exec` end with the container's own code instead."""

    DONE = 0
    FAILED = 1
    USAGE = 2  # also: a question that nobody is there to answer
    NO_ENGINE = 3
    TIMEOUT = 124
    RUN_FAILED = 125  # everything of dk's own in `run` and `exec`, as docker has it
    NOT_EXECUTABLE = 126
    NOT_FOUND = 127
    INTERRUPTED = 130  # SIGINT
    TERMINATED = 143  # SIGTERM


HELD_SIGNALS = 4
"""So many signals dk takes before it leaves what it is taking back half done."""


class DkError(Exception):
    """An error as a user reads it: what happened, why, and what to do next.

    Each part is one short line of plain text without a full stop. `why` and `fix` may be empty.
    `log` holds the last lines that a container wrote, where they tell more.
    """

    exit_code: ExitCode = ExitCode.FAILED

    def __init__(
        self,
        what: str,
        why: str = "",
        fix: str = "",
        *,
        exit_code: ExitCode | None = None,
        log: tuple[str, ...] = (),
    ) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.fix = fix
        self.log = log
        if exit_code is not None:
            self.exit_code = exit_code

    def __str__(self) -> str:
        return "\n".join(part for part in (self.what, self.why, self.fix) if part)


class UsageError(DkError):
    """A bad flag, argument or file: nothing was done."""

    exit_code = ExitCode.USAGE


class NoEngineError(DkError):
    """No engine could be reached."""

    exit_code = ExitCode.NO_ENGINE


class EngineLostError(DkError):
    """The connection broke off in the middle: what the last call did is not known."""


class Interrupted(DkError):
    """SIGINT or SIGTERM came; what was in flight is finished or taken back."""

    exit_code = ExitCode.INTERRUPTED
