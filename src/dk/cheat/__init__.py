"""The cheat sheet: what one wants to do, its dk command, and the docker commands behind it.

One file, `cheat_sheet.toml`, feeds `dk cheat` and both pages in docs/.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from dk.errors import UsageError

Language = Literal["en", "ru"]
Status = Literal["now", "later"]
Text = Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One task. `docker` is empty where docker has nothing alike; "later": dk lacks it as yet."""

    status: Status
    task: Text
    dk: tuple[str, ...]
    docker: tuple[str, ...]
    note: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """The items of one subject."""

    title: Text
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole cheat sheet; `labels` are the words around it, such as its title."""

    labels: Mapping[str, Text]
    sections: tuple[Section, ...]


def load() -> Sheet:
    """Read the sheet that comes with dk."""
    import tomllib

    source = Path(__file__).with_name("cheat_sheet.toml")
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    return Sheet(data["labels"], tuple(_section(section) for section in data["sections"]))


def _section(data: dict[str, Any]) -> Section:
    items = (
        Item(**{**item, "dk": tuple(item["dk"]), "docker": tuple(item["docker"])})
        for item in data["items"]
    )
    return Section(data["title"], tuple(items))


def language(option: str | None, environ: Mapping[str, str]) -> Language:
    """Return the language of `--lang`, else of the locale (POSIX: LC_ALL, LC_MESSAGES, LANG).

    The locale's first variable that is set decides; one that is not Russian means English.
    Raises UsageError for an option that is no language of the sheet.
    """
    languages: tuple[Language, ...] = get_args(Language)
    if option is not None:
        for known in languages:
            if option.casefold() == known:
                return known
        raise UsageError(
            f"no cheat sheet in {option!r}",
            fix=f"use --lang {' or --lang '.join(languages)}",
        )
    variables = (environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((value for value in variables if value), "")
    return "ru" if re.match(r"ru(?![a-z])", locale.casefold()) else "en"


def search(sheet: Sheet, words: str) -> list[Item]:
    """Return the items that have all the words, the best first; without words, all items.

    A word is found as a whole, as the start of a word, or in another of its forms, in either
    language and in either tool's commands; an option such as `-p` only as an option. Items that
    have a word only in their note or in their section's title come last.
    """
    wanted = _words(words)
    ranked = [
        (rank, item)
        for section in sheet.sections
        for item in section.items
        if (rank := _rank(wanted, section, item)) is not None
    ]
    return [item for _, item in sorted(ranked, key=lambda pair: pair[0])]


def nearest(sheet: Sheet, words: str) -> list[str]:
    """Return known words that are close to the given ones, to propose when nothing is found."""
    from difflib import get_close_matches

    known = {
        token
        for section in sheet.sections
        for item in section.items
        for token in _TOKEN.findall(_core(item))
        if len(token) > 2
    }
    close: list[str] = []
    for word in _words(words):
        for candidate in get_close_matches(word, sorted(known), cutoff=0.7):
            if not any(_same_word(candidate, other) for other in close):
                close.append(candidate)
    return close


def topics(sheet: Sheet) -> set[str]:
    """Return the names of the commands, of either tool, that the sheet has something about."""
    commands = (
        line.split() for section in sheet.sections for item in section.items
        for line in (*item.dk, *item.docker)
    )  # fmt: skip
    return {
        words[1]
        for words in commands
        if len(words) > 1 and words[0] in {"dk", "docker"} and words[1].isalpha()
    }


_TOKEN = re.compile(r"\w+")
_ENDINGS = ("", "s", "es", "d", "ed", "ing")
_OUTSIDE_CORE = 10


def _core(item: Item) -> str:
    return _fold(" ".join((*item.task.values(), *item.dk, *item.docker)))


def _fold(text: str) -> str:
    return text.casefold().replace("ё", "\N{CYRILLIC SMALL LETTER IE}")


def _words(text: str) -> list[str]:
    """Split a query: `docker-compose` is two words; `-p`, `--env-file` and `>>` are one each."""
    words: list[str] = []
    for piece in _fold(text).split():
        words += _TOKEN.findall(piece) if piece[0].isalnum() else [piece]
    return words


def _rank(words: Sequence[str], section: Section, item: Item) -> tuple[int, int] | None:
    """Return how far an item is from the words, by the farthest of them; None = it lacks one.

    Among equals those come first that begin with the words as they stand, then those that have
    them side by side: `docker rm web`, `docker stop web && docker rm web`, `docker run --rm web`.
    """
    core = _core(item)
    rest = _fold(" ".join((*section.title.values(), *item.note.values())))
    rank = 0
    for word in words:
        distance = _distance(word, core)
        if distance is None:
            distance = _distance(word, rest)
            if distance is None:
                return None
            distance += _OUTSIDE_CORE
        rank = max(rank, distance)
    phrase = " ".join(words)
    begins = any(_fold(lines[0]).startswith(phrase) for lines in (item.dk, item.docker) if lines)
    return rank, 0 if begins else 1 if phrase in core else 2


def _distance(word: str, text: str) -> int | None:
    if not word[0].isalnum():
        return 0 if any(piece.startswith(word) for piece in text.split()) else None
    tokens = _TOKEN.findall(text)
    if word in tokens:
        return 0
    if any(token.startswith(word) for token in tokens):
        return 1
    return 2 if any(_same_word(word, token) for token in tokens) else None


def _same_word(one: str, other: str) -> bool:
    """Tell whether two words are likely forms of one.

    English forms differ by an ending that is added; Russian ones share a stem and change theirs.
    """
    pairs = enumerate(zip(one, other, strict=False))
    stem = next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
    endings = one[stem:], other[stem:]
    if stem < 3:
        return False
    if one.isascii():
        return "" in endings and "".join(endings) in _ENDINGS
    return max(map(len, endings)) <= 3 and sum(map(len, endings)) <= 4
