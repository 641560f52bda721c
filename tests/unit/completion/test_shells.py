"""How bash says what was typed, and how the shells are answered."""

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.completion.candidates import Answer, Candidate
from dk.completion.shells import for_bash, for_fish, for_zsh, read_bash


@pytest.mark.parametrize(
    ("line", "words", "typed", "quote"),
    [
        ("dk", ["dk"], "dk", ""),
        ("dk ", ["dk", ""], "", ""),
        ("dk  rm\tw", ["dk", "rm", "w"], "w", ""),
        ("dk localhost:50", ["dk", "localhost:50"], "localhost:50", ""),
        ("dk 'a b", ["dk", "a b"], "'a b", "'"),
        ('dk "a b', ["dk", "a b"], '"a b', '"'),
        ("dk 'a b' c", ["dk", "a b", "c"], "c", ""),
        ("dk '' c", ["dk", "", "c"], "c", ""),
        (r"dk a\ b", ["dk", "a b"], r"a\ b", ""),
        ("dk a\\", ["dk", "a"], "a\\", ""),
        (r'dk "a\$b\n"', ["dk", r"a$b\n"], r'"a\$b\n"', ""),
        ("dk $(touch x) $HOME", ["dk", "$(touch", "x)", "$HOME"], "$HOME", ""),
        ("dk lo'c'al", ["dk", "local"], "lo'c'al", ""),
    ],
)
def test_a_line_of_bash_is_split_and_nothing_is_expanded(
    line: str, words: list[str], typed: str, quote: str
) -> None:
    assert read_bash(line) == (words, typed, quote)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_what_is_quoted_is_read_back(words: list[str]) -> None:
    assert read_bash(f"dk {shlex.join(words)} ").words == ["dk", *words, ""]


@given(st.text())
def test_no_line_is_too_odd(line: str) -> None:
    assert read_bash(line).words


@pytest.mark.parametrize(
    ("line", "word", "prefix", "value", "shown"),
    [
        ("dk run localhost:50", "50", "", "localhost:5000/x", "5000/x"),
        ('dk run "localhost:50', "localhost:50", "", "localhost:5000/x", "localhost:5000/x"),
        ("dk run --pull=", "", "--pull=", "always", "always"),
        ("dk run --pull=al", "al", "--pull=", "always", "always"),
        ("dk run --net=container:w", "w", "--net=container:", "web", "web"),
        ("dk run -vda", "-vda", "-v", "data:", "-vdata:"),
        ("dk rm a@b", "@b", "", "a@b:c", "@b:c"),
        ("dk rm w", "w", "", "w$(x)", r"w\$\(x\)"),
        ("dk rm w", "w", "", "w é", r"w\ é"),
        ("dk rm w", "w", "", "~w", r"\~w"),
    ],
)
def test_bash_gets_what_stands_in_the_place_of_its_own_word(
    line: str, word: str, prefix: str, value: str, shown: str
) -> None:
    given_answer = Answer("words", prefix, (Candidate(value, "a description"),))
    assert list(for_bash(given_answer, read_bash(line), word)) == ["words", shown]


def test_within_quotes_bash_is_offered_plain_names_only() -> None:
    found = Answer("words", "", (Candidate("web"), Candidate("w$(x)"), Candidate("w b")))
    assert list(for_bash(found, read_bash('dk rm "w'), "w")) == ["words", "web"]


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_what_bash_gets_is_one_word_that_means_the_name(name: str) -> None:
    _, quoted = for_bash(Answer("words", "", (Candidate(name),)), read_bash("dk rm "), "")
    assert shlex.split(quoted) == [name]


def test_bash_itself_reads_a_quoted_name_as_it_is() -> None:
    name = "".join(map(chr, range(32, 127)))
    _, quoted = for_bash(Answer("words", "", (Candidate(name),)), read_bash("dk rm "), "")
    done = subprocess.run(["bash", "-c", f"printf %s {quoted}"], capture_output=True, text=True)
    assert done.stdout == name


def test_zsh_keeps_the_prefix_and_fish_replaces_the_whole_word() -> None:
    found = Answer("words", "--pull=", (Candidate("always", "a help"),))
    assert list(for_zsh(found)) == ["words\t--pull=", "always\ta help"]
    assert list(for_fish(found)) == ["words\t--pull=", "--pull=always\ta help"]
