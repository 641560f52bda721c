"""Numbers, CPUs and durations, as Go and docker read them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.quantity import (
    parse_cpus,
    parse_duration,
    parse_integer,
    write_cpus,
    write_duration,
)

INTEGERS = {
    "0": 0, "10": 10, "+5": 5, "-5": -5, "0x10": 16, "0X10": 16, "0b11": 3, "0o17": 15, "017": 15,
    "00": 0, "0_7": 7, "1_000": 1000, "0x_ff": 255, "9223372036854775807": 2**63 - 1,
}  # fmt: skip


@pytest.mark.parametrize("text", INTEGERS)
def test_a_whole_number_is_read_as_go_reads_it(text: str) -> None:
    assert parse_integer(text) == INTEGERS[text]


@pytest.mark.parametrize(
    "text",
    ["", "x", "1.5", "08", "1__0", "_1", "1_", " 1", "1 ", "0x", "--1", "٣", "9223372036854775808"],
)
def test_what_go_does_not_read_is_no_whole_number(text: str) -> None:
    with pytest.raises(UsageError):
        parse_integer(text)


def test_limits_are_named() -> None:
    with pytest.raises(UsageError, match="not between 0 and 100"):
        parse_integer("101", 0, 100)


CPUS = {
    "1.5": 1_500_000_000,
    ".5": 500_000_000,
    "2": 2 * 10**9,
    "1e2": 10**11,
    "1/2": 5 * 10**8,
    "0x1p-1": 5 * 10**8,
    "1_0/5": 2 * 10**9,
    "0.000000001": 1,
}


@pytest.mark.parametrize("text", CPUS)
def test_cpus_are_billionths(text: str) -> None:
    assert parse_cpus(text) == CPUS[text]
    assert parse_cpus(write_cpus(CPUS[text])) == CPUS[text]


@pytest.mark.parametrize(
    "text", ["", "1.0000000001", "1/3", "1.5/2", "1/0", "-1", "x", "1e999", "9" * 30]
)
def test_what_is_no_number_of_cpus(text: str) -> None:
    with pytest.raises(UsageError):
        parse_cpus(text)


DURATIONS = {
    "0": 0, "1m30s": 90 * 10**9, "500ms": 5 * 10**8, "1.5h": 5400 * 10**9, ".5s": 5 * 10**8,
    "5.s": 5 * 10**9, "+5s": 5 * 10**9, "1µs": 1000, "1us": 1000, "1h1m1s1ms1us1ns": 3661001001001,
    "1.0000000001s": 10**9, "0s": 0,
}  # fmt: skip


@pytest.mark.parametrize("text", DURATIONS)
def test_a_duration_is_read_as_go_reads_it(text: str) -> None:
    assert parse_duration(text) == DURATIONS[text]


@pytest.mark.parametrize("text", ["", "5", "1d", "-5s", "s", "1 s", "9999999h", "1s x", "٣s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(UsageError):
        parse_duration(text)


@given(st.integers(0, 2**63 - 1))
def test_what_is_written_is_read_again(number: int) -> None:
    assert parse_duration(write_duration(number)) == number
    assert parse_cpus(write_cpus(number)) == number


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_an_error_of_ours(text: str) -> None:
    for parse in (parse_integer, parse_cpus, parse_duration):
        with suppress(UsageError):
            assert isinstance(parse(text), int)
