"""The cheat sheet as the two pages of docs/: `python -m dk.cheat.markdown docs` writes them."""

import sys
from collections.abc import Iterable
from pathlib import Path

from dk.cheat import Item, Language, Section, Sheet, load

PAGES: dict[Language, str] = {"en": "cheat-sheet.md", "ru": "ru/cheat-sheet.md"}
_TWINS: dict[Language, str] = {"en": PAGES["ru"], "ru": "../" + PAGES["en"]}
_SOURCE = (
    "<!-- Made from src/dk/cheat/cheat_sheet.toml by `python -m dk.cheat.markdown docs`: "
    "change that file, not this one. -->"
)


def page(sheet: Sheet, language: Language) -> str:
    """Render the sheet in one language as a Markdown page."""
    label = {name: text[language] for name, text in sheet.labels.items()}
    head = (
        _SOURCE,
        f"# {label['title']}",
        f"[{label['twin']}]({_TWINS[language]})",
        label["intro"],
        f"*{label['later']}*: {label['legend']}",
        label["names"],
    )
    tables = (_table(section, label, language) for section in sheet.sections)
    return "\n\n".join((*head, *tables)) + "\n"


def _table(section: Section, label: dict[str, str], language: Language) -> str:
    rows = (_row(item, label["later"], language) for item in section.items)
    return "\n".join(
        (
            f"## {section.title[language]}",
            "",
            f"| {label['task']} | dk | docker |",
            "|---|---|---|",
            *rows,
        )
    )


def _row(item: Item, later: str, language: Language) -> str:
    task = _cell(item.task[language])
    if item.note:
        task += f"<br><sub>{_cell(item.note[language])}</sub>"
    mark = f" *{later}*" if item.status == "later" else ""
    return f"| {task} | {_code(item.dk, mark)} | {_code(item.docker) or '—'} |"


def _code(lines: Iterable[str], mark: str = "") -> str:
    return "<br>".join(f"`{_cell(line)}`{mark}" for line in lines)


def _cell(text: str) -> str:
    # In a table a pipe ends the cell, inside code too, unless it is escaped (GFM 4.10).
    return text.replace("|", r"\|")


def write(folder: Path) -> None:
    """Write both pages into a docs folder."""
    sheet = load()
    for language, name in PAGES.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page(sheet, language), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
