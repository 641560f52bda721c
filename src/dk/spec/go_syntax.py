"""How Go's standard library reads text where Python's reads it otherwise.

docker's option values are what these make of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

INT64 = range(-(2**63), 2**63)
UINT64 = range(2**64)
_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_BOOLS = {
    **dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True),
    **dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False),
}


def read_record(text: str) -> tuple[str, ...]:
    """Return the fields of one CSV record, as `encoding/csv` reads them.

    Where that drops text without a word, behind a line break and carriage returns, this refuses.
    Raises ValueError with the reason.
    """
    if not text:
        raise ValueError("the text is empty")
    if "\r" in text:
        raise ValueError("a carriage return, which docker would drop")
    fields = []
    start = 0
    while start <= len(text):  # behind a last comma is an empty field
        read = _quoted_field if text.startswith('"', start) else _bare_field
        field, start = read(text, start)
        fields.append(field)
    return tuple(fields)


def _bare_field(text: str, start: int) -> tuple[str, int]:
    field = text[start:].partition(",")[0]
    if '"' in field:
        raise ValueError(f"quotes go around the whole of {field}")
    if "\n" in field:
        raise ValueError("a line break outside quotes, where docker stops to read")
    return field, start + len(field) + 1


def _quoted_field(text: str, start: int) -> tuple[str, int]:
    parts = []
    position = start + 1
    while True:
        end = text.find('"', position)
        if end < 0:
            raise ValueError("a quote is not closed")
        parts.append(text[position:end])
        if not text.startswith('"', end + 1):
            break
        parts.append('"')
        position = end + 2
    if text[end + 1 : end + 2] not in ("", ","):
        raise ValueError("text behind a closing quote")
    return "".join(parts), end + 2


def write_record(fields: Iterable[str]) -> str:
    """Return the CSV record that reads as these fields, with quotes only where they must be."""
    return ",".join(
        '"' + field.replace('"', '""') + '"' if any(c in field for c in ',"\n') else field
        for field in fields
    )


def parse_int(text: str, allowed: range, base: int = 10) -> int | None:
    """Return the number of a text as `strconv.ParseInt` or `ParseUint`; None if it is not one.

    A sign is read only where negative numbers are allowed, as ParseUint has it.
    """
    signed = allowed.start < 0 and text.startswith(("+", "-"))
    digits = text[1:] if signed else text
    if not digits or digits.strip("0123456789"[:base]):
        return None
    significant = digits.lstrip("0") or "0"
    if len(significant) > 64:  # more than a number of Go's holds; int() has a limit too
        return None
    number = int(significant, base)
    number = -number if text.startswith("-") else number
    return number if number in allowed else None


def parse_float(text: str) -> Fraction | None:
    """Return the number of a text as `strconv.ParseFloat` reads it, exactly; None if it is none.

    Decimal or hexadecimal, `_` between digits; no infinity. What is beyond any size is none.
    """
    import re
    from fractions import Fraction

    digits, hexadecimal = r"\d+(?:_\d+)*", r"[0-9a-f]+(?:_[0-9a-f]+)*"
    decimal = rf"([+-]?)(?:{digits}(?:\.(?:{digits})?)?|\.{digits})(?:e[+-]?\d{{1,3}})?"
    text = text.lower()
    if re.fullmatch(decimal, text, re.ASCII):
        return Fraction(text.replace("_", ""))
    base_16 = re.fullmatch(
        rf"([+-]?)0x({hexadecimal})?(?:\.({hexadecimal})?)?p([+-]?\d{{1,3}})", text, re.ASCII
    )
    if base_16 is None or not (base_16[2] or base_16[3]):
        return None
    whole, part = ((base_16[group] or "").replace("_", "") for group in (2, 3))
    number = Fraction(int(whole + part or "0", 16), 16 ** len(part)) * Fraction(2) ** int(
        base_16[4]
    )
    return -number if base_16[1] == "-" else number


def parse_bool(text: str) -> bool | None:
    """Return what `strconv.ParseBool` says; None if the text is no boolean."""
    return _BOOLS.get(text)


def lower(text: str) -> str:
    """Return the text as `strings.ToLower` does, each letter by itself."""
    return "".join(letter.lower()[0] for letter in text)


def trim(text: str) -> str:
    """Return the text as `strings.TrimSpace` does: control characters such as U+001C stay."""
    return text.strip(_SPACES)
