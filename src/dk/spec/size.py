"""Sizes as docker writes them."""

import re

from dk.errors import UsageError

_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


def parse_size(text: str) -> int:
    """Return the bytes of `64m`, `1.5g` or `1024`; every unit is binary.

    As github.com/docker/go-units `RAMInBytes`.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is not a size", fix="a number with b, k, m or g, e.g. 64m")
    number, unit = match.groups()
    size = int(float(number) * 1024 ** _POWERS[unit.lower()])
    if size >= 1 << 63:
        raise UsageError(f"{text!r} is more than an engine can count", fix="e.g. 64m")
    return size
