"""Limits of a container's processes: `--ulimit NAME=SOFT[:HARD]`."""

from dataclasses import dataclass

from dk.errors import UsageError
from dk.spec.go_syntax import INT64, parse_int

NAMES = (
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc",
    "rss", "rtprio", "rttime", "sigpending", "stack",
)  # fmt: skip
EXAMPLE = "e.g. --ulimit nofile=1024:2048, with -1 for no limit"


@dataclass(frozen=True, slots=True)
class Ulimit:
    """One limit of setrlimit(2), in its own unit; -1 is no limit."""

    name: str
    soft: int
    hard: int

    def to_api(self) -> dict[str, str | int]:
        """Return the item of `HostConfig.Ulimits`. docker sends one a name, in their order."""
        return {"Name": self.name, "Hard": self.hard, "Soft": self.soft}

    def render(self) -> str:
        """Return docker's `--ulimit` form, as short as it goes."""
        hard = "" if self.hard == self.soft else f":{self.hard}"
        return f"{self.name}={self.soft}{hard}"


def parse_ulimit(text: str) -> Ulimit:
    """Return the limit of one `--ulimit` value; without HARD both are SOFT.

    As docker/go-units `ParseUlimit`, with the numbers alone that docker 28.2 takes: no
    "unlimited", no "infinity". Raises UsageError.
    """
    name, equals, limits = text.partition("=")
    if not equals:
        raise UsageError(f"--ulimit {text}: the limit is missing", fix=EXAMPLE)
    if name not in NAMES:
        raise UsageError(
            f"--ulimit {text}: {name or 'an empty text'} is not a limit that docker knows",
            fix=f"use one of {', '.join(NAMES)}",
        )
    if limits.count(":") > 1:
        raise UsageError(f"--ulimit {text}: too many colons", fix=EXAMPLE)
    soft_text, colon, hard_text = limits.partition(":")
    soft = _limit(soft_text, text)
    hard = _limit(hard_text, text) if colon else soft
    if hard != -1 and (soft == -1 or soft > hard):
        raise UsageError(
            f"--ulimit {text}: the soft limit {soft_text} is above the hard limit {hard_text}",
            "the soft limit is what holds; a process may raise it up to the hard one",
            EXAMPLE,
        )
    return Ulimit(name, soft, hard)


def _limit(text: str, whole: str) -> int:
    limit = parse_int(text, INT64)
    if limit is None:
        raise UsageError(
            f"--ulimit {whole}: {text or 'an empty text'} is not a number",
            fix="write -1 for no limit" if text in {"unlimited", "infinity"} else EXAMPLE,
        )
    return limit
