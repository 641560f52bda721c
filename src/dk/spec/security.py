"""What a container may do: security options and capabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dk.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dk.plan import Json
    from dk.spec.surroundings import Surroundings

UNMASKED = "systempaths=unconfined"
"""The option that docker's CLI turns into empty lists of masked and read-only paths."""


class SecurityOption(NamedTuple):
    """One `--security-opt`: as it was written, and as the engine gets it."""

    said: str
    sent: str


def read_security_option(text: str, surroundings: Surroundings) -> SecurityOption:
    """Return the option; the file that `seccomp=FILE` names is read.

    As docker/cli `parseSecurityOpts`. Raises UsageError.
    """
    key, equals, value = text.partition("=")
    if not equals and ":" in text:
        return SecurityOption(text, text)  # the old form with a colon
    if (not equals and text != "no-new-privileges") or (equals and not value):
        raise UsageError(
            "not a security option",
            fix="e.g. no-new-privileges, seccomp=FILE, apparmor=PROFILE or label=disable",
        )
    if key == "seccomp" and value not in {"unconfined", "builtin"}:
        return SecurityOption(text, f"seccomp={_profile(value, surroundings)}")
    return SecurityOption(text, text)


def _profile(path: str, surroundings: Surroundings) -> str:
    """Return a seccomp profile in one line."""
    import json
    import re

    try:
        text = surroundings.read_file(path).decode()
        json.loads(text)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise UsageError(
            f"{path} is not a seccomp profile", f"not JSON: {error}", "correct the file"
        ) from error
    # As Go's json.Compact: what is no white space between the tokens stays as it was written.
    return re.sub(r'("(?:[^"\\]|\\.)*")|\s+', lambda token: token[1] or "", text)


def place_security_options(body: dict[str, Json], options: Sequence[SecurityOption]) -> None:
    """Write the options into a create request, as docker/cli `parseSystemPaths`."""
    if not options:
        return
    host = body["HostConfig"]
    host["SecurityOpt"] = [option.sent for option in options if option.said != UNMASKED]
    if len(host["SecurityOpt"]) < len(options):
        host["MaskedPaths"] = host["ReadonlyPaths"] = []


def normal_capabilities(names: Sequence[str]) -> list[str]:
    """Return capabilities as docker's CLI sends them: in capitals, with CAP_, sorted, each once."""
    upper = (name.upper() for name in names)
    return sorted({n if n == "ALL" or n.startswith("CAP_") else f"CAP_{n}" for n in upper})
