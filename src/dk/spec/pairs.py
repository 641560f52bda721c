"""Options of the form KEY=VALUE: log, storage and kernel settings, annotations, label files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dk.errors import UsageError

if TYPE_CHECKING:
    from dk.spec.surroundings import Surroundings

SYSCTLS = frozenset(
    f"kernel.{name}"
    for name in (
        "msgmax",
        "msgmnb",
        "msgmni",
        "sem",
        "shmall",
        "shmmax",
        "shmmni",
        "shm_rmid_forced",
    )
)
"""The kernel's settings that a container may have of its own, besides net.* and fs.mqueue.*."""


def parse_pair(text: str) -> tuple[str, str]:
    """Return key and value; a bare KEY has the value ""."""
    key, _, value = text.partition("=")
    if not key:
        raise UsageError("the key is empty", fix="KEY=VALUE")
    return key, value


def parse_full_pair(text: str) -> tuple[str, str]:
    """Return key and value, both of which must be there."""
    if "=" not in text:
        raise UsageError("the value is missing", fix="KEY=VALUE")
    return parse_pair(text)


def parse_sysctl(text: str) -> tuple[str, str]:
    """Return a kernel setting and its value, as docker/cli opts `ValidateSysctl` takes them."""
    key, equals, value = text.partition("=")
    if not equals:
        raise UsageError("the value is missing", fix="e.g. --sysctl net.core.somaxconn=1024")
    if key not in SYSCTLS and not key.startswith(("net.", "fs.mqueue.")):
        raise UsageError(
            f"{key or 'an empty name'} is not a setting that a container has of its own",
            "only net.*, fs.mqueue.* and kernel.msg*, sem and shm* are",
            "set it on the engine's host",
        )
    return key, value


class LabelFile(NamedTuple):
    """A file of labels that was read, one KEY=VALUE a line."""

    path: str
    labels: tuple[tuple[str, str], ...]


def read_label_file(path: str, surroundings: Surroundings) -> LabelFile:
    """Return the labels of a file; its form is that of docker's env files, without bare keys."""
    from dk.spec.env_file import parse_docker

    entries = parse_docker(surroundings.read_file(path), path, {})
    labels = tuple((entry.key, entry.value.reveal()) for entry in entries if entry.value)
    return LabelFile(path, labels)
