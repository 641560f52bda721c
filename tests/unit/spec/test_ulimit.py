"""`--ulimit` as docker reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.ulimit import NAMES, Ulimit, parse_ulimit

ACCEPTED = {
    "nofile=1024": (1024, 1024, "nofile=1024"),
    "nofile=1024:2048": (1024, 2048, "nofile=1024:2048"),
    "nofile=1024:1024": (1024, 1024, "nofile=1024"),
    "nofile=-1": (-1, -1, "nofile=-1"),
    "nofile=10:-1": (10, -1, "nofile=10:-1"),
    "nofile=+5:007": (5, 7, "nofile=5:7"),
    "nofile=0": (0, 0, "nofile=0"),
    "nofile=9223372036854775807": (2**63 - 1, 2**63 - 1, "nofile=9223372036854775807"),
}

REFUSED = {
    "": "the limit is missing",
    "nofile": "the limit is missing",
    "=1": "an empty text is not a limit that docker knows",
    "as=1": "as is not a limit that docker knows",
    "NOFILE=1": "NOFILE is not a limit that docker knows",
    "nofile=": "an empty text is not a number",
    "nofile=1:": "an empty text is not a number",
    "nofile=1k": "1k is not a number",
    "nofile=unlimited": "unlimited is not a number",
    "nofile=1=2": "1=2 is not a number",
    "nofile=9223372036854775808": "9223372036854775808 is not a number",
    "nofile=1:2:3": "too many colons",
    "nofile=2048:1024": "the soft limit 2048 is above the hard limit 1024",
    "nofile=-1:10": "the soft limit -1 is above the hard limit 10",
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_docker_accepts_means_the_same(text: str) -> None:
    soft, hard, rendered = ACCEPTED[text]
    limit = parse_ulimit(text)
    assert limit == Ulimit("nofile", soft, hard)
    assert limit.to_api() == {"Name": "nofile", "Soft": soft, "Hard": hard}
    assert limit.render() == rendered


@pytest.mark.parametrize("text", REFUSED)
def test_what_docker_refuses_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_ulimit(text)
    assert error.value.what.startswith(f"--ulimit {text}: {REFUSED[text]}")
    assert error.value.fix


@given(
    st.one_of(
        st.text(),
        st.builds("{}={}".format, st.sampled_from(NAMES), st.text("0123456789:-+")),
    )
)
def test_any_text_gives_a_usage_error_or_a_limit_that_renders_to_itself(text: str) -> None:
    try:
        limit = parse_ulimit(text)
    except UsageError:
        return
    assert parse_ulimit(limit.render()) == limit
