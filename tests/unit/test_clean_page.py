"""The page about `dk clean` names the tools that the code knows."""

from pathlib import Path

from dk.plans.clean.tools import TOOLS

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "clean.md"


def test_the_page_names_every_known_tool_and_no_other() -> None:
    rows = PAGE.read_text().partition("<!-- tools -->")[2].partition("\n\n")[0].splitlines()[3:]
    known = {(tool.name, tool.names, *tool.labels) for tool in TOOLS}
    assert {_read(row) for row in rows} == known


def _read(row: str) -> tuple[str, ...]:
    name, how = (cell.strip() for cell in row.strip("|").split("|"))
    words = how.split("`")[1::2]
    return (name, words[0]) if how.startswith("the name") else (name, "", *words)
