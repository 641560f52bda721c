"""Restart policies: `--restart no|always|unless-stopped|on-failure[:N]`."""

from dataclasses import dataclass

from dk.errors import UsageError

NAMES = ("no", "always", "unless-stopped", "on-failure")


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """When the engine starts a container again; the Engine API's own two fields."""

    name: str = "no"
    maximum_retry_count: int = 0

    @property
    def restarts(self) -> bool:
        """Tell whether the policy ever restarts: such a one excludes `--rm`."""
        return self.name not in ("", "no")

    def render(self) -> str:
        """Return docker's `--restart` form."""
        count = f":{self.maximum_retry_count}" if self.maximum_retry_count else ""
        return f"{self.name}{count}"


def parse_restart(text: str) -> RestartPolicy:
    """Return the policy of a text such as "always" or "on-failure:5".

    The text is read as docker/cli `opts.ParseRestartPolicy` does ("" is no policy at all, a
    missing or empty count is 0); what the engine refuses (moby `container.ValidateRestartPolicy`:
    unknown names, a count without on-failure, a negative one) is refused here. Raises UsageError.
    """
    if not text:
        return RestartPolicy("")
    name, _, count = text.partition(":")
    if name not in NAMES:
        raise UsageError(
            f"--restart {text}: {name or 'an empty text'} is not a policy",
            fix=f"use one of {', '.join(NAMES)}",
        )
    digits = count[1:] if count[:1] in ("+", "-") else count
    if count and not (digits.isascii() and digits.isdigit()):
        raise UsageError(f"--restart {text}: {count} is not a number", fix="e.g. on-failure:5")
    # docker and the engine keep the count as a 64-bit number.
    if len(digits.lstrip("0")) > 19 or int(digits or 0) >= 2**63:
        raise UsageError(f"--restart {text}: the count is too large", fix="e.g. on-failure:5")
    retries = int(count or 0)
    if retries < 0:
        raise UsageError(f"--restart {text}: the count is negative", fix="e.g. on-failure:5")
    if retries and name != "on-failure":
        raise UsageError(
            f"--restart {text}: a count goes with on-failure only", fix=f"--restart {name}"
        )
    return RestartPolicy(name, retries)
