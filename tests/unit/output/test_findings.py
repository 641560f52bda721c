from dk.output import human
from dk.output.style import Look
from dk.output.table import wrapped
from dk.report import Mark
from dk.reports.doctor import Finding, doctor_report

REPORT = doctor_report(
    (
        Finding("context", Mark.GOOD, "the default socket"),
        Finding("connection", Mark.BAD, "three words \x1b[2J more", "type this and that"),
        Finding("versions", Mark.OPEN, "not checked"),
    )
)


def shown(width: int | None, *, colour: bool = False, unicode: bool = True) -> list[str]:
    return list(human.report(REPORT, width, Look(colour=colour, unicode=unicode)))


def test_a_finding_is_a_line_and_its_fix_another() -> None:
    assert shown(None) == [
        "✓ context      the default socket",
        r"✗ connection   three words \x1b[2J more",
        "  → type this and that",
        "- versions     not checked",
        "",
        "1 problem",
    ]


def test_a_narrow_terminal_wraps_what_is_found_and_never_what_is_to_be_typed() -> None:
    lines = shown(28)
    assert lines[2:6] == [
        "✗ connection   three words",
        r"               \x1b[2J more",
        "  → type this and that",
        "- versions     not checked",
    ]


def test_without_unicode_the_signs_are_ascii() -> None:
    lines = shown(None, unicode=False)
    assert all(line.isascii() for line in lines)
    assert lines[:3] == [
        "ok context      the default socket",
        r"x  connection   three words \x1b[2J more",
        "   -> type this and that",
    ]


def test_colour_changes_nothing_but_colour() -> None:
    import re

    plain = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in shown(None, colour=True)]
    assert plain == shown(None)
    assert plain != shown(None, colour=True)


def test_wrapped_lines_lose_no_word() -> None:
    text = "a bb  ccc dddddddddd e"
    assert wrapped(text, 4) == ["a bb", " ccc", "dddddddddd", "e"]
    assert wrapped(text, None) == [text]
    assert wrapped("", 4) == [""]
