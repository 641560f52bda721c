"""The table of tools in the docs is the one that dk goes by."""

import re
from pathlib import Path

from dk.plans.clean.tools import TOOLS

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "clean.md"


def test_the_page_names_every_known_tool_and_no_other() -> None:
    text = PAGE.read_text()
    section = text[text.index("| tool |") : text.index("## Bytes")]
    shown = {
        (name, word)
        for name, known_by in re.findall(r"^\| ([^|]+) \| (.+) \|$", section, re.MULTILINE)
        for word in re.findall(r"`([^`]+)`", known_by)
    }
    assert shown == {
        (tool.name, word) for tool in TOOLS for word in (*tool.labels, tool.names) if word
    }
