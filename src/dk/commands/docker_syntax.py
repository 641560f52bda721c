"""Docker's option syntax, which is pflag's, turned into the one that Typer reads.

Beyond what Typer knows, docker takes `--init=false`, `-d=true`, `-p=80:80` and `-e=A=1`.
Rules as github.com/spf13/pflag `parseLongArg` and `parseSingleShortArg`.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from typer.core import TyperOption

from dk.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typer._click.core import Parameter


class OptionalValueOption(TyperOption):
    """An option whose value may be left out; it is then an empty text.

    A word of digits behind it is its value, as in `--wait-port 80`; anything else needs a `=`.
    """


TRUE = {"1", "t", "T", "TRUE", "true", "True"}
FALSE = {"0", "f", "F", "FALSE", "false", "False"}


def normalize(args: list[str], params: Iterable[Parameter], *, interspersed: bool) -> list[str]:
    """Return `args` with each option in a form of its own that Typer takes.

    With `interspersed` false everything from the first argument on stays as it is.
    """
    options = {
        flag: param for param in params if isinstance(param, TyperOption) for flag in param.opts
    }
    result: list[str] = []
    rest = deque(args)
    while rest:
        arg = rest.popleft()
        if arg == "--":
            return [*result, arg, *rest]
        if arg.startswith("--"):
            result += _long(arg, options, rest)
        elif arg.startswith("-") and len(arg) > 1:
            result += _shorts(arg, options, rest)
        elif interspersed:
            result.append(arg)
        else:
            return [*result, "--", arg, *rest]
    return result


def _long(arg: str, options: dict[str, TyperOption], rest: deque[str]) -> list[str]:
    name, equals, value = arg.partition("=")
    option = options.get(name)
    if option is None:
        return [arg]
    if option.is_flag:
        return [_switch(option, name, value) if equals else name]
    if isinstance(option, OptionalValueOption) and not equals:
        return [name, rest.popleft() if rest and rest[0].isdecimal() else ""]
    return [arg] if equals else [name, *_next(rest)]


def _shorts(arg: str, options: dict[str, TyperOption], rest: deque[str]) -> list[str]:
    result: list[str] = []
    for position in range(1, len(arg)):
        name, tail = f"-{arg[position]}", arg[position + 1 :]
        option = options.get(name)
        if option is None:
            return [*result, name + tail]
        valued = len(tail) > 1 and tail[0] == "="
        if option.is_flag and valued:
            return [*result, _switch(option, name, tail[1:])]
        if not option.is_flag:
            return [
                *result,
                name,
                *([tail.removeprefix("=") if valued else tail] if tail else _next(rest)),
            ]
        result.append(name)
    return result


def _next(rest: deque[str]) -> list[str]:
    return [rest.popleft()] if rest else []


def _switch(option: TyperOption, name: str, value: str) -> str:
    if value in TRUE:
        return name
    if value in FALSE:
        return option.secondary_opts[0]
    raise UsageError(f"{name}={value}: not true or false", fix=f"{name} or {name}=false")
