"""What is offered at a place."""

from collections.abc import Iterable

import pytest

from dk.completion.candidates import FILES, FOLDERS, PROGRAMS, WORDS, Answer, Candidate, answer
from dk.completion.syntax import COMMANDS, OPTIONS, Option, Spot, Syntax

NAMES = {
    "container": ["web", "old"],
    "running": ["web"],
    "image": ["nginx:latest", "nginx:1.27", "localhost:5000/x:latest"],
    "network": ["front", "bridge"],
    "volume": ["data", "dump"],
    "variable": ["HOME", "TOKEN"],
}


def ask(source: str) -> Iterable[Candidate]:
    return [Candidate(name, f"a {source}") for name in NAMES[source]]


def nobody(_source: str) -> Iterable[Candidate]:
    return ()


def offered(completes: str, text: str = "", arguments: tuple[str, ...] = ()) -> Answer:
    return answer(Spot(completes, text, arguments=arguments), Syntax(), ask)


@pytest.mark.parametrize(
    ("completes", "text", "prefix", "values"),
    [
        ("container", "", "", ["web", "old"]),
        ("running", "", "", ["web"]),
        ("container", "w", "", ["web"]),
        ("", "", "", []),
        ("image", "ng", "", ["nginx", "nginx:1.27"]),
        ("image", "nginx:", "", ["nginx:latest", "nginx:1.27"]),
        ("image", "localhost:50", "", ["localhost:5000/x"]),
        ("network", "", "", ["front", "bridge", "container:"]),
        ("network", "container:", "container:", ["web"]),
        ("network", "name=f", "name=", ["front"]),
        ("volume", "d", "", ["data:", "dump:"]),
        ("volume", "data:/x", "", []),
        ("env", "TO", "", ["TOKEN"]),
        ("choice:always,never", "a", "", ["always"]),
        ("choice:host,container:", "", "", ["host", "container:"]),
        ("choice:host,container:", "container:w", "container:", ["web"]),
        ("choice:host", "container:w", "", []),
    ],
)
def test_a_source_offers_what_begins_like_the_text(
    completes: str, text: str, prefix: str, values: list[str]
) -> None:
    found = offered(completes, text)
    assert (found.kind, found.prefix) == (WORDS, prefix)
    assert [candidate.value for candidate in found.candidates] == values


@pytest.mark.parametrize(
    ("completes", "text", "kind"),
    [
        ("file", "", FILES), ("folder", "", FOLDERS),
        ("volume", "./d", FILES), ("volume", "~/d", FILES), ("volume", "/d", FILES),
        ("volume", "./d:/x", WORDS),
        ("env", "./.e", FILES), ("env", "A=./", WORDS),
        ("command", "ma", PROGRAMS), ("command", "./m", FILES),
    ],
)  # fmt: skip
def test_paths_are_left_to_the_shell(completes: str, text: str, kind: str) -> None:
    found = offered(completes, text)
    assert (found.kind, found.candidates) == (kind, ())


def test_a_programs_arguments_are_files() -> None:
    assert offered("command", "M", arguments=("make",)).kind == FILES


def test_what_is_on_the_line_is_not_offered_again() -> None:
    assert [each.value for each in offered("container", "", ("web",)).candidates] == ["old"]


def test_without_an_engine_nothing_live_is_offered() -> None:
    for source in ("container", "image", "network", "volume"):
        assert answer(Spot(source, ""), Syntax(), nobody).candidates == ()


@pytest.mark.parametrize("name", ["", "a\nb", "a\tb", "\x1b[31m", "a\u202eb", "\ud800", "--force"])
def test_a_name_that_could_do_harm_is_left_out(name: str) -> None:
    found = answer(Spot("container", ""), Syntax(), lambda _source: [Candidate(name)])
    assert found.candidates == ()


def test_a_description_that_could_do_harm_is_left_out() -> None:
    found = answer(Spot("image", ""), Syntax(), lambda _source: [Candidate("a", "x\ty\n")])
    assert found.candidates == (Candidate("a", ""),)


def test_flags_come_with_their_help_and_a_bare_dash_offers_the_long_forms() -> None:
    syntax = Syntax(options=[Option("all", ("--all", "-a"), "All of them."), Option("x", ("-x",))])
    found = answer(Spot(OPTIONS, "-"), syntax, nobody)
    assert found.candidates == (Candidate("--all", "All of them."), Candidate("-x"))
    assert answer(Spot(OPTIONS, "-a"), syntax, nobody).candidates[0].value == "-a"


def test_commands_come_with_their_summary() -> None:
    found = answer(Spot(COMMANDS, "r"), Syntax(commands={"run": "Start", "ps": "List"}), nobody)
    assert found.candidates == (Candidate("run", "Start"),)
