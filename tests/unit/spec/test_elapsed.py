"""Time that has passed, in words."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.spec.elapsed import in_words


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(), "a moment"),
        (timedelta(milliseconds=999), "a moment"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=59), "59 seconds"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=119), "1 minute"),
        (timedelta(minutes=2), "2 minutes"),
        (timedelta(minutes=10), "10 minutes"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=59), "59 days"),
        (timedelta(days=60), "2 months"),
        (timedelta(days=300), "10 months"),
        (timedelta(days=729), "24 months"),
        (timedelta(days=730), "2 years"),
    ],
)
def test_it_is_told_in_the_largest_unit_that_reads_well(duration: timedelta, words: str) -> None:
    assert in_words(duration) == words


def test_what_is_still_to_come_was_a_moment_ago() -> None:
    assert in_words(timedelta(days=-3)) == "a moment"


@given(st.timedeltas(min_value=timedelta(minutes=2), max_value=timedelta(days=9999)))
def test_there_are_always_several_of_the_unit_and_never_too_many(duration: timedelta) -> None:
    count, unit = in_words(duration).split()
    assert 2 <= int(count) < {"minutes": 120, "hours": 48, "days": 60, "months": 25}.get(unit, 99)
