"""Tables fit the terminal: by importance, and never by wrapping."""

import pytest

from dk.output.table import cell_width, table
from dk.output.visible import visible
from dk.report import Column, Row

COLUMNS = (Column("NAME"), Column("IMAGE", rank=1), Column("PORTS", rank=2))
ROWS = (
    Row(("web", "registry.example.com/team/app:1.4.2", "8080->80, 8443->443"), "1", {}),
    Row(("database", "postgres", ""), "2", {}),
)


def test_without_a_terminal_every_cell_is_whole() -> None:
    assert table(COLUMNS, ROWS, None) == [
        "NAME       IMAGE                                 PORTS",
        "web        registry.example.com/team/app:1.4.2   8080->80, 8443->443",
        "database   postgres",
    ]


@pytest.mark.parametrize("width", range(8, 90))
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, table(COLUMNS, ROWS, width))) <= width


def test_the_least_important_column_shortens_and_then_goes() -> None:
    assert (
        table(COLUMNS, ROWS, 60)[1]
        == "web        registry.example.com/team/app:1.4.2   8080->80, …"
    )
    assert table(COLUMNS, ROWS, 50)[1] == "web        registry.example.com/team…   8080->80,…"
    assert table(COLUMNS, ROWS, 33)[0] == "NAME       IMAGE"
    assert table(COLUMNS, ROWS, 24)[1] == "web        registry.exa…"
    assert table(COLUMNS, ROWS, 12) == ["NAME", "web", "database"]


def test_wide_characters_take_two_columns() -> None:
    rows = (Row(("日本", "a", ""), "", {}), Row(("web", "b", ""), "", {}))
    lines = table(COLUMNS, rows, None)
    assert cell_width("日本") == 4
    assert lines[1:] == ["日本   a", "web    b"]


def test_a_name_from_elsewhere_can_not_drive_the_terminal() -> None:
    rows = (Row(("a\x1b[2Jb", "x\ny", "\u202ecba"), "", {}),)
    text = "\n".join(table(COLUMNS, rows, None))
    assert "a\\x1b[2Jb" in text
    assert "x\\x0ay" in text
    assert "\\u202ecba" in text


def test_visible_leaves_ordinary_text_alone() -> None:
    assert visible("naïve 日本 🐳") == "naïve 日本 🐳"
