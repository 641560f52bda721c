"""`-l` as docker reads it; the tables were checked against the docker CLI."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.label import parse_label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("tier=web", ("tier", "web")),
        ("tier", ("tier", "")),
        ("tier=", ("tier", "")),
        ("a=b=c", ("a", "b=c")),
        ("com.example/x=a b", ("com.example/x", "a b")),
        (" tier=web", (" tier", "web")),
    ],
)
def test_key_and_value_are_split_as_docker_does(text: str, label: tuple[str, str]) -> None:
    assert parse_label(text) == label


@pytest.mark.parametrize("text", ["", "=x", " ", " =x", "a b=1", "a\tb", "a =1"])
def test_a_key_that_is_empty_or_holds_a_space_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="key"):
        parse_label(text)


@given(st.text())
def test_any_text_gives_a_label_or_a_usage_error(text: str) -> None:
    try:
        key, value = parse_label(text)
    except UsageError:
        return
    assert text in (key, f"{key}={value}")
