"""What flags may refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Surroundings(NamedTuple):
    """The working folder, the environment, and files that a flag names.

    `proxies` holds what docker's config.json adds to the environment of every container.
    """

    cwd: str
    environ: Mapping[str, str]
    read_file: Callable[[str], bytes]
    proxies: Mapping[str, str] = {}
