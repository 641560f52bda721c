"""Folders in memory: `--tmpfs TARGET[:OPTIONS]`."""

from dk.errors import UsageError


def parse_tmpfs(text: str) -> tuple[str, str]:
    """Return the target, and the options as the engine reads them.

    Split as docker/cli does; that the target is absolute is the engine's own rule.
    """
    target, _, options = text.partition(":")
    if not target.startswith("/") or target.strip("/") == "":
        raise UsageError(
            "the target is not a path in the container", fix="e.g. --tmpfs /run:size=64m"
        )
    return target, options


def write_tmpfs(mount: tuple[str, str]) -> str:
    """Write target and options as docker reads them."""
    return ":".join(part for part in mount if part)
