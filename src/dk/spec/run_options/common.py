"""The options that most lines of `dk run` have."""

from __future__ import annotations

from dk.errors import UsageError
from dk.spec.run_options.option import imported, panel, several, switch, text

PULL = ("always", "missing", "never")


def parse_name(said: str) -> str | None:
    """Return a container's name; None, as docker has it, where the text is empty."""
    import re

    if not said:
        return None
    if not re.fullmatch(r"/?[a-zA-Z0-9][a-zA-Z0-9_.-]+", said):
        raise UsageError(
            f"{said!r} can't be a container's name",
            "two or more letters, digits, _ . or -, a letter or digit first",
            "e.g. --name web-1",
        )
    return said.removeprefix("/")


def parse_pull(said: str) -> str:
    """Return when to fetch the image: always, missing or never."""
    if said not in {"", *PULL}:
        raise UsageError(f"{said!r} is no pull policy", fix="always, missing or never")
    return said or "missing"


OPTIONS = panel(
    "Common",
    switch("--detach -d", "Run in the background and print the container's id."),
    switch(
        "--rm", "Remove the container when it ends.", field="remove", api="HostConfig.AutoRemove"
    ),
    switch("--interactive -i", "Keep stdin open."),
    switch("--tty -t", "Give the container a terminal.", api="Tty"),
    text("--name", "NAME", "The container's name.", read=parse_name, completes="container"),
    several(
        "--env -e",
        "KEY=VALUE|KEY|FILE",
        "Set a variable, take one over, or read an env file by Compose's rules (a value that"
        " begins with . / or ~; with ? before it, the file may be missing).",
        completes="env",
    ),
    several(
        "--env-file",
        "FILE",
        "Read an env file by docker's own rules; ?FILE may be missing.",
        field="env_files",
        completes="file",
    ),
    text(
        "--pull",
        "WHEN",
        "Fetch the image: always, missing (the default) or never.",
        read=parse_pull,
        completes="choice:always,missing,never",
    ),
    text(
        "--platform",
        "OS/ARCH",
        "Of an image for several platforms, take this one, e.g. linux/arm64.",
        read=imported("platform", "parse_platform"),
        completes="choice:linux/amd64,linux/arm64,linux/arm/v7",
    ),
)
