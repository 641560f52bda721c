"""Interpolation of any text: a value, or faults that name their place."""

from hypothesis import given
from hypothesis import strategies as st

from dk.spec.interpolation import Fault, interpolate

ENVIRON = {"A": "a", "EMPTY": ""}
PIECES = [*"$ $$ { } ${ ${A ${B ${EMPTY :- - :+ + :? ? A x".split(), " ", "\n"]


@given(template=st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_any_text_gives_a_value_or_faults_at_a_dollar_sign(template: str) -> None:
    faults: list[Fault] = []
    value = interpolate(template, ENVIRON.get, faults)
    assert isinstance(value, str)
    for fault in faults:
        assert template[fault.offset : fault.offset + 2] == "${"


@given(template=st.text().filter(lambda text: "$" not in text))
def test_a_text_without_a_dollar_sign_stays(template: str) -> None:
    assert interpolate(template, ENVIRON.get, []) == template


@given(text=st.text())
def test_a_text_with_each_dollar_sign_doubled_gives_the_text(text: str) -> None:
    assert interpolate(text.replace("$", "$$"), ENVIRON.get, []) == text
