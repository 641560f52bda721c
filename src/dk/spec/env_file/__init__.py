"""Env files, in three dialects: docker's own, Compose's and python-dotenv's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.spec.env_file.docker import read_docker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dk.spec.env_file.reading import EnvEntry


def parse_docker(data: bytes, name: str, environ: Mapping[str, str]) -> list[EnvEntry]:
    """Return the entries of a file by docker's rules, see `read_docker`.

    `name` is the file's: one UsageError tells all that is wrong, with line and column.
    """
    reading = read_docker(data, environ)
    if reading.problems:
        raise reading.error(name)
    return list(reading.entries)
