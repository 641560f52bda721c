"""Ages: durations, dates and times, and docker's `until`."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.age import LONGEST, parse_age, parse_grace, parse_until, write_duration

EAST = timezone(timedelta(hours=2))
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=EAST)

DURATIONS = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "2w": timedelta(weeks=2),
    "90m": timedelta(minutes=90),
    "30s": timedelta(seconds=30),
    "1d12h": timedelta(hours=36),
    "1.5h": timedelta(minutes=90),
    "1h30m": timedelta(minutes=90),
    ".5s": timedelta(milliseconds=500),
    "1m0.25s": timedelta(seconds=60.25),
    "1ns": timedelta(microseconds=1),
    "0": timedelta(),
    "0s": timedelta(),
}

MOMENTS = {
    "2026-01-31": datetime(2026, 1, 31, tzinfo=EAST),
    "2026-01-31Z": datetime(2026, 1, 31, tzinfo=UTC),
    "2026-01-31T10:30": datetime(2026, 1, 31, 10, 30, tzinfo=EAST),
    "2026-01-31 10:30:05": datetime(2026, 1, 31, 10, 30, 5, tzinfo=EAST),
    "2026-01-31T10:30:05Z": datetime(2026, 1, 31, 10, 30, 5, tzinfo=UTC),
    "2026-01-31t10:30:05.123456789-01:00": datetime(
        2026, 1, 31, 11, 30, 5, 123456, tzinfo=UTC
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", DURATIONS)
def test_a_duration_counts_back_from_now(text: str) -> None:
    assert parse_grace(text) == DURATIONS[text]
    age = parse_age(text, NOW)
    assert age.text == text
    assert age.before(NOW) == NOW - DURATIONS[text]


@pytest.mark.parametrize("text", MOMENTS)
def test_a_date_without_a_zone_is_in_that_of_now(text: str) -> None:
    assert parse_age(text, NOW).before(NOW) == MOMENTS[text]


BAD = {
    "": "empty",
    " ": "empty",
    "7": "7 has no unit",
    "1.5": "1.5 has no unit",
    "-7d": "can't be negative",
    "1 month": "'1 month' is no age",
    "7D": "'7D' is no age",
    "7days": "no age",
    "1y": "no age",
    " 7d": "no age",
    "7d-": "no age",
    "\u0667d": "no age",  # a seven, but no ASCII one
    "h": "no age",
    "2026-02-30": "2026-02-30 is no date",
    "2026-13-01": "no date",
    "2026-01-31T25:00": "no date",
    "2026-1-31": "no age",
    "2026-03-02": "2026-03-02 is in the future",
    "2026-03-01T12:00:01": "in the future",
    "9999-12-31T23:59:59-23:59": "in the future",
    "0001-01-01T00:00:00+23:59": "before 1970",
    "0000-01-01": "no date",
    "101w9999999d": "longer than a hundred years",
    "99999999999999999999999999999w": "longer than a hundred years",
    "9" * 5000 + "d": "too long",
    "9" * 5000: "too long",
}


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:30])
def test_what_is_no_age_says_what_one_is(text: str) -> None:
    with pytest.raises(UsageError, match=BAD[text]) as caught:
        parse_age(text, NOW)
    assert caught.value.fix
    assert len(caught.value.what) < 100


def test_a_number_without_a_unit_is_asked_which_one() -> None:
    with pytest.raises(UsageError) as caught:
        parse_age("7", NOW)
    assert caught.value.fix == "7d for days? 7h for hours?"


def test_grace_is_no_date() -> None:
    with pytest.raises(UsageError, match="2026-01-31 is a date, not a duration"):
        parse_grace("2026-01-31")


UNTILS = {
    "0": datetime(1970, 1, 1, tzinfo=UTC),
    "1767225600": datetime(2026, 1, 1, tzinfo=UTC),
    "1767225600.5": datetime(2026, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC),
    "24h": NOW - timedelta(hours=24),
    "2026-01-31": datetime(2026, 1, 31, tzinfo=EAST),
}


@pytest.mark.parametrize("text", UNTILS)
def test_until_may_be_a_unix_time_too(text: str) -> None:
    assert parse_until(text, NOW).before(NOW) == UNTILS[text]


@pytest.mark.parametrize("text", ["", "soon", "1e9", "9999999999", "9" * 50, "9" * 5000, "-1"])
def test_what_docker_takes_for_no_until_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_until(text, NOW)


@given(st.timedeltas(timedelta(), LONGEST))
def test_a_duration_reads_as_it_is_written(duration: timedelta) -> None:
    assert parse_grace(write_duration(duration)) == duration


@given(st.text() | st.from_regex(r"[0-9]{1,6}([smhdw]|ms|-|T|:|\.|Z)[0-9:.TZ+-]{0,30}"))
def test_any_text_is_an_age_in_the_past_or_a_usage_error(text: str) -> None:
    for parse in (parse_age, parse_until):
        with suppress(UsageError):
            assert parse(text, NOW).before(NOW) <= NOW


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(minutes=10), "10m"),
        (timedelta(hours=36), "1d12h"),
        (timedelta(seconds=1.5), "1.5s"),
        (timedelta(), "0"),
    ],
)
def test_a_duration_is_written_in_its_largest_units(duration: timedelta, text: str) -> None:
    assert write_duration(duration) == text
