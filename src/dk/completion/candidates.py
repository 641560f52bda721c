"""What may stand at a place, by its source; live names come from whoever is asked for them.

A *source* is the word by which an option or argument says what completes it:

- `container`, `running`, `image`: names that the engine has; `context`: docker's contexts;
  `topic`: what the cheat sheet is about
- `network`: a network or `container:NAME`, as in `--network`; `volume`: a path or `VOLUME:`, as in
  `-v`; `env`: a path or a variable of the environment, as in dk's `-e`
- `choice:always,missing,never`: these words. `container:` among them goes on with a running one
- `file`, `folder`: paths; `command`: a program, then files. The shell finds these itself
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from dk.completion.syntax import COMMANDS, OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dk.completion.syntax import Spot, Syntax

WORDS, FILES, FOLDERS, PROGRAMS = "words", "files", "folders", "programs"
"""Who finds what is offered: dk does, or the shell does."""

_GOES_ON = {"container:": "running", "name=": "network"}


class Candidate(NamedTuple):
    """A word that may stand there, and a few words on it."""

    value: str
    description: str = ""


if TYPE_CHECKING:
    Ask = Callable[[str], Iterable[Candidate]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is offered behind `prefix`, which stands in the same shell word already."""

    kind: str = WORDS
    prefix: str = ""
    candidates: tuple[Candidate, ...] = ()


def answer(spot: Spot, syntax: Syntax, ask: Ask) -> Answer:
    """Return what may stand at that place; `ask` returns the names that a source has now.

    Names that a terminal can't show as they are, or that would be read as an option, are left out.
    """
    source, text, prefix = spot.completes, spot.text, spot.prefix
    for start, beyond in _GOES_ON.items():
        if text.startswith(start) and (source == "network" or start in _choices(source)):
            source, text, prefix = beyond, text.removeprefix(start), prefix + start
            break
    kind = _left_to_the_shell(source, text, is_first=not spot.arguments)
    if kind:
        return Answer(kind, prefix)
    if source == OPTIONS:
        found = _flags(syntax, text)
    elif source == COMMANDS:
        found = (Candidate(*item) for item in (syntax.commands or {}).items())
    else:
        found = _shown(_words(source, text, ask))
    said = () if spot.prefix else spot.arguments
    fitting = {
        each.value: each for each in found if each.value.startswith(text) and each.value not in said
    }
    return Answer(WORDS, prefix, tuple(fitting.values()))


def _left_to_the_shell(source: str, text: str, *, is_first: bool) -> str:
    is_path = text.startswith((".", "/", "~"))
    match source:
        case "file":
            return FILES
        case "folder":
            return FOLDERS
        case "command":
            return PROGRAMS if is_first and not is_path else FILES
        case "volume" | "env" if is_path and ":" not in text:
            return FILES
        case _:
            return ""


def _flags(syntax: Syntax, text: str) -> Iterator[Candidate]:
    for option in syntax.options:
        for flag in option.flags:
            # A bare dash asks for all there is: the long forms say it best.
            if flag.startswith("--") or text != "-" or len(option.flags) == 1:
                yield Candidate(flag, option.help)


def _choices(source: str) -> list[str]:
    return source.removeprefix("choice:").split(",") if source.startswith("choice:") else []


def _words(source: str, text: str, ask: Ask) -> Iterable[Candidate]:
    if choices := _choices(source):
        return [Candidate(word) for word in choices]
    match source:
        case "":
            return ()
        case "image":
            return [_short(image, text) for image in ask("image")]
        case "volume":
            return [each._replace(value=f"{each.value}:") for each in ask("volume")]
        case "env":
            return ask("variable")
        case "network":
            networks = tuple(ask("network"))
            joined = [Candidate("container:", "another container's network")]
            return (*networks, *(joined if networks else ()))
        case _:
            return ask(source)


def _short(image: Candidate, text: str) -> Candidate:
    """Leave `:latest` away, as everybody does, unless it is being typed."""
    short = image.value.removesuffix(":latest")
    return image._replace(value=short) if short.startswith(text) else image


def _shown(found: Iterable[Candidate]) -> Iterator[Candidate]:
    for value, description in found:
        if value and value.isprintable() and not value.startswith("-"):
            yield Candidate(value, description if description.isprintable() else "")
