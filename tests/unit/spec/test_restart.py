"""`--restart` as docker and the engine take it; checked against both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.restart import RestartPolicy, parse_restart


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("", RestartPolicy("", 0)),
        ("no", RestartPolicy("no", 0)),
        ("always", RestartPolicy("always", 0)),
        ("always:0", RestartPolicy("always", 0)),
        ("unless-stopped", RestartPolicy("unless-stopped", 0)),
        ("on-failure", RestartPolicy("on-failure", 0)),
        ("on-failure:", RestartPolicy("on-failure", 0)),
        ("on-failure:5", RestartPolicy("on-failure", 5)),
        ("on-failure:+5", RestartPolicy("on-failure", 5)),
        ("on-failure:9223372036854775807", RestartPolicy("on-failure", 2**63 - 1)),
    ],
)
def test_a_policy_is_read_as_docker_does(text: str, policy: RestartPolicy) -> None:
    assert parse_restart(text) == policy


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("sometimes", "sometimes is not a policy"),
        ("No", "No is not a policy"),
        (":3", "an empty text is not a policy"),
        ("no:3", "on-failure only"),
        ("always:1", "on-failure only"),
        ("unless-stopped:2", "on-failure only"),
        ("on-failure:-1", "negative"),
        ("on-failure:x", "x is not a number"),
        ("on-failure:1:2", "1:2 is not a number"),
        ("on-failure: 5", " 5 is not a number"),
        ("on-failure:5.0", "5.0 is not a number"),
        ("on-failure:9223372036854775808", "too large"),
        ("on-failure:" + "9" * 5000, "too large"),
    ],
)
def test_what_docker_or_the_engine_refuses_is_refused(text: str, what: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_restart(text)
    assert error.value.what.startswith(f"--restart {text}:")
    assert what in error.value.what


@pytest.mark.parametrize(("text", "restarts"), [("", False), ("no", False), ("always", True)])
def test_tells_whether_it_ever_restarts(text: str, *, restarts: bool) -> None:
    assert parse_restart(text).restarts is restarts


@given(st.one_of(st.text(), st.from_regex(r"(no|always|on-failure):?[+-]?[0-9]*", fullmatch=True)))
def test_any_text_gives_a_policy_or_a_usage_error(text: str) -> None:
    try:
        policy = parse_restart(text)
    except UsageError:
        return
    assert parse_restart(policy.render()) == policy
