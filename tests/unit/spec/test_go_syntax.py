"""How docker's Go reads CSV, numbers and letters, where Python would read otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.spec.go_syntax import INT64, UINT64, lower, parse_bool, parse_int, read_record, trim
from dk.spec.go_syntax import write_record as write

RECORDS = {
    "a": ("a",),
    "a,b": ("a", "b"),
    "a,": ("a", ""),
    ",": ("", ""),
    '""': ("",),
    '"a,b",c': ("a,b", "c"),
    '"a ""b"" c"': ('a "b" c',),
    '"a\nb",c': ("a\nb", "c"),
    " a, b ": (" a", " b "),
}

NO_RECORDS = {
    "": "empty",
    'a"b': "quotes go around the whole",
    ' "a"': "quotes go around the whole",
    '"a': "a quote is not closed",
    '"a""': "a quote is not closed",
    '"a"b': "text behind a closing quote",
    "a\nb": "a line break outside quotes",
    '"a"\n': "text behind a closing quote",
    "a\r": "a carriage return",
    '"a\r\nb"': "a carriage return",
}


@pytest.mark.parametrize("text", RECORDS)
def test_a_record_is_read_as_go_does(text: str) -> None:
    assert read_record(text) == RECORDS[text]


@pytest.mark.parametrize("text", NO_RECORDS)
def test_what_go_refuses_or_would_drop_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=NO_RECORDS[text]):
        read_record(text)


@given(st.lists(st.text(st.characters(exclude_characters="\r"), min_size=1), min_size=1))
def test_what_is_written_reads_as_the_same(fields: list[str]) -> None:
    assert read_record(write(fields)) == tuple(fields)


@pytest.mark.parametrize(
    ("text", "allowed", "base", "number"),
    [
        ("0", INT64, 10, 0),
        ("+5", INT64, 10, 5),
        ("-5", INT64, 10, -5),
        ("007", INT64, 10, 7),
        ("9223372036854775807", INT64, 10, 2**63 - 1),
        ("9223372036854775808", INT64, 10, None),
        ("-9223372036854775808", INT64, 10, -(2**63)),
        ("+5", UINT64, 10, None),
        ("-0", UINT64, 10, None),
        ("18446744073709551615", UINT64, 10, 2**64 - 1),
        ("1777", UINT64, 8, 0o1777),
        ("8", UINT64, 8, None),
        ("0o7", UINT64, 8, None),
        ("1_000", INT64, 10, None),
        (" 1", INT64, 10, None),
        ("--1", INT64, 10, None),
        ("", INT64, 10, None),
        ("-", INT64, 10, None),
        ("٣", INT64, 10, None),
        ("0" * 5000 + "1", INT64, 10, 1),
        ("9" * 5000, INT64, 10, None),
    ],
)
def test_a_number_is_read_as_go_does(
    text: str, allowed: range, base: int, number: int | None
) -> None:
    assert parse_int(text, allowed, base) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", True), ("T", True), ("False", False), ("tRUE", None), ("yes", None), ("", None)],
)
def test_a_boolean_is_read_as_go_does(text: str, value: bool | None) -> None:
    assert parse_bool(text) is value


def test_letters_are_lowered_one_by_one() -> None:
    assert lower("WEB-É-İ-ẞ-\u039f\u03a3-\u212a") == "web-é-i-ß-\u03bf\u03c3-k"


def test_blanks_are_those_of_unicode_and_no_control_characters() -> None:
    assert trim("\u3000\x85 a \t\n") == "a"
    assert trim("\x1ca\x1f") == "\x1ca\x1f"
