"""Numbers, CPUs and durations as docker reads them."""

from __future__ import annotations

from dk.errors import UsageError
from dk.spec.go_syntax import parse_float

NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,  # U+00B5, micro sign
    "μs": 10**3,  # U+03BC, the Greek letter: Go takes both
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
LARGEST = 2**63 - 1


def parse_integer(text: str, lowest: int = -(2**63), highest: int = LARGEST) -> int:
    """Return a whole number: 10, 0x0a, 0b1010, 0o12, 012 (octal too) or 1_0.

    As Go's `strconv.ParseInt(text, 0, 64)`. Raises UsageError, also outside the limits.
    """
    import re

    digits = text[1:] if text[:1] in {"+", "-"} else text
    if not re.fullmatch("[0-9][0-9a-zA-Z_]*", digits):
        raise UsageError("not a whole number", fix="e.g. 10")
    try:
        # Go's 017 is Python's 0o17.
        number = int(re.sub(r"^0_?(?=[0-7])", "0o", digits), 0)
    except ValueError:
        raise UsageError("not a whole number", fix="e.g. 10") from None
    number = -number if text[0] == "-" else number
    if not lowest <= number <= highest:
        raise UsageError(f"not between {lowest} and {highest}", fix="choose another")
    return number


def parse_cpus(text: str) -> int:
    """Return billionths of a CPU for a number of CPUs such as 1.5 or 1/2.

    As docker/cli opts `ParseCPUs`: a number of at most nine decimal places.
    """
    from fractions import Fraction

    above, slash, below = text.partition("/")
    number = parse_float(text)
    if slash:
        billionths = Fraction(parse_integer(above)) / (parse_integer(below, 1)) * 10**9
    elif number is None:
        raise UsageError("not a number of CPUs", fix="e.g. --cpus 1.5")
    else:
        billionths = number * 10**9
    if billionths.denominator != 1:
        raise UsageError("finer than a billionth of a CPU", fix="e.g. --cpus 1.5")
    if not 0 <= billionths <= LARGEST:
        raise UsageError("no machine has so many CPUs", fix="e.g. --cpus 1.5")
    return int(billionths)


def parse_duration(text: str) -> int:
    """Return the nanoseconds of 1m30s, 500ms, 1.5h or 0. As Go's `time.ParseDuration`."""
    import re
    from fractions import Fraction

    unsigned = text[1:] if text[:1] in {"+", "-"} else text
    if unsigned == "0":
        return 0
    part = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
    total = 0
    position = 0
    while found := part.match(unsigned, position):
        number, unit = found.groups()
        total += int(Fraction(number) * NANOSECONDS[unit])
        position = found.end()
    if position == 0 or position != len(unsigned):
        raise UsageError("not a duration", fix="a number with ms, s, m or h, e.g. 1m30s")
    if text[0] == "-" and total:
        raise UsageError("a duration can't be negative", fix="e.g. 30s")
    if total > LARGEST:
        raise UsageError("longer than an engine can count", fix="e.g. 30s")
    return total


def write_cpus(billionths: int) -> str:
    """Write billionths of a CPU as docker reads them: 1.5."""
    whole, rest = divmod(billionths, 10**9)
    return f"{whole}.{rest:09}".rstrip("0").rstrip(".") if rest else str(whole)


def write_duration(nanoseconds: int) -> str:
    """Write a duration in the largest unit that divides it: 90s, 500ms."""
    for unit in ("h", "m", "s", "ms", "us"):
        if nanoseconds and nanoseconds % NANOSECONDS[unit] == 0:
            return f"{nanoseconds // NANOSECONDS[unit]}{unit}"
    return f"{nanoseconds}ns" if nanoseconds else "0"
