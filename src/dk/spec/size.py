"""Sizes as docker writes them."""

from dk.errors import UsageError
from dk.spec.go_syntax import parse_float

_POWERS = {"": 0, "b": 0}
_POWERS |= {
    unit + suffix: power
    for power, unit in enumerate("kmgtp", start=1)
    for suffix in ("", "b", "ib")
}


def parse_size(text: str) -> int:
    """Return the bytes of `64m`, `1.5g` or `1024`; every unit is binary.

    As github.com/docker/go-units `RAMInBytes`. Raises UsageError.
    """
    number = text.rstrip("bBiIkKmMgGtTpP")
    unit = text[len(number) :].lower()
    if unit:
        number = number.removesuffix(" ")
    value = parse_float(number)
    if value is None or value < 0 or unit not in _POWERS or number[-1:] not in "0123456789.":
        raise UsageError(f"{text!r} is not a size", fix="a number with b, k, m or g, e.g. 64m")
    exact = value * 1024 ** _POWERS[unit]
    if exact >= 1 << 63 or float(exact) >= 1 << 63:  # docker counts in floating point
        raise UsageError(f"{text!r} is more than an engine can count", fix="e.g. 64m")
    return int(float(exact))


def parse_swap(text: str) -> int:
    """Return the bytes of a size, or -1 for no limit. As docker/cli opts `MemSwapBytes`."""
    return -1 if text == "-1" else parse_size(text)


def write_size(size: int) -> str:
    """Write bytes for people, in powers of 1000 as docker does: "512 B", "1.2 GB"."""
    sign = "-" if size < 0 else ""
    for power, unit in ((12, "TB"), (9, "GB"), (6, "MB")):
        if abs(size) >= 10**power:
            return f"{sign}{abs(size) / 10**power:.1f} {unit}"
    return f"{size / 1000:.0f} kB" if abs(size) >= 1000 else f"{size} B"
