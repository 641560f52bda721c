"""Where on a command line the cursor is, by docker's option syntax and before it is complete."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OPTIONS, COMMANDS = "options", "commands"
"""What may stand here, beside the sources of `dk.completion.candidates`."""

SWITCH = "choice:true,false"


class Option(NamedTuple):
    """An option: its field, how it is written, whether it takes a value and which ones.

    With `may_lack` only a number is its value, unless it stands behind a `=`.
    """

    field: str
    flags: tuple[str, ...]
    help: str = ""
    takes_value: bool = False
    may_lack: bool = False
    completes: str = ""


class Argument(NamedTuple):
    """An argument; one with `many` takes all that follow."""

    completes: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class Syntax:
    """What a command takes. A group takes options and then one of its `commands`."""

    options: Sequence[Option] = ()
    arguments: Sequence[Argument] = ()
    commands: Mapping[str, str] | None = None
    options_end_at_argument: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """The place of the cursor.

    `text` is what was typed of the word that `completes` tells; `prefix` stands before it in the
    same shell word, such as `--pull=`. `said` has the options' values before it by field,
    `arguments` the arguments. Where `command` is set, the cursor is in a command's own `rest`.
    """

    completes: str
    text: str
    prefix: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    command: str = ""
    rest: tuple[str, ...] = ()


def locate(syntax: Syntax, words: Sequence[str]) -> Spot:
    """Return where the last of the words is; the words follow the command's name."""
    *before, text = words
    line = _Line(syntax)
    for position, word in enumerate(before):
        line.take(word)
        if line.arguments and syntax.commands is not None:
            rest = tuple(words[position + 1 :])
            return Spot("", "", said=line.said, command=line.arguments[0], rest=rest)
    arguments = tuple(line.arguments)
    if line.waiting and not line.waiting.may_lack:
        return Spot(line.waiting.completes, text, "", line.said, arguments)
    if line.options_ended or not text.startswith("-"):
        return Spot(_argument(syntax, len(arguments)), text, "", line.said, arguments)
    option, prefix, value = _value_in(text, line.options)
    if option is None or value is None:
        return Spot(OPTIONS, text, "", line.said, arguments)
    source = option.completes if option.takes_value else SWITCH
    return Spot(source, value, prefix, line.said, arguments)


class _Line:
    """What was read of a line; `waiting` is an option whose value comes next."""

    def __init__(self, syntax: Syntax) -> None:
        self.options = {flag: option for option in syntax.options for flag in option.flags}
        self.said: dict[str, str] = {}
        self.arguments: list[str] = []
        self.waiting: Option | None = None
        self.options_ended = False
        self._end_at_argument = syntax.options_end_at_argument

    def take(self, word: str) -> None:
        waiting, self.waiting = self.waiting, None
        if waiting and (not waiting.may_lack or word.isdecimal()):
            self.said[waiting.field] = word
        elif self.options_ended or not _is_dashed(word):
            self.arguments.append(word)
            self.options_ended = self.options_ended or self._end_at_argument
        elif word == "--":
            self.options_ended = True
        else:
            option, _, value = _value_in(word, self.options)
            if option and value is None:
                self.waiting = option
            elif option and value is not None:
                self.said[option.field] = value


def _is_dashed(word: str) -> bool:
    return word.startswith("-") and word != "-"


def _argument(syntax: Syntax, position: int) -> str:
    if syntax.commands is not None:
        return COMMANDS
    if position < len(syntax.arguments):
        return syntax.arguments[position].completes
    if syntax.arguments and syntax.arguments[-1].many:
        return syntax.arguments[-1].completes
    return ""


def _value_in(word: str, options: Mapping[str, Option]) -> tuple[Option | None, str, str | None]:
    """Return the option of a dashed word that has a value, what stands before it, and the value.

    The value is None where it is the next word; the option is None where no value can come. The
    forms are those of `commands.docker_syntax`: `--name=x`, `-p=80:80`, `-itv data:/x`, `-itvdata`.
    """
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        option = options.get(name)
        if option is None or not (equals or option.takes_value):
            return None, "", None
        return option, f"{name}{equals}", value if equals else None
    for position in range(1, len(word)):
        option = options.get(f"-{word[position]}")
        tail = word[position + 1 :]
        if option is None:
            return None, "", None
        if option.takes_value or tail.startswith("="):
            value = tail.removeprefix("=")
            return option, word.removesuffix(value), value if tail else None
    return None, "", None
