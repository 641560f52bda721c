"""What a row of the table says, and the three ways to write one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from dk.spec.surroundings import Surroundings

    Read = Callable[[str, Surroundings], Any]
    Convert = Callable[[Any], Any]

Kind = Literal["switch", "text", "list", "optional"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOption:
    """One option of `dk run`.

    Of a `text` that is said twice the last one counts; an `optional` is a text whose value may be
    left out. `read` turns its text into the field's value (with `spreads`, into several of a
    list); `write` turns that value back into docker's text. `api` is the dotted place in the
    create request, where `to_api` of the value goes; an option without one is sent by
    `spec.create_request` itself, or concerns dk alone. `since` is the API version that docker
    asks for, `completes` what a shell may offer for the value. An option that docker does not
    have is not `docker`.
    """

    flags: tuple[str, ...]
    field: str
    kind: Kind
    help: str
    panel: str = ""
    metavar: str = ""
    read: Read = lambda text, _surroundings: text
    spreads: bool = False
    write: Convert = str
    api: str = ""
    to_api: Convert = lambda value: value
    since: str = ""
    completes: str = ""
    docker: bool = True

    @property
    def repeats(self) -> bool:
        """Whether each time that it is said counts."""
        return self.kind == "list"

    @property
    def short(self) -> str:
        """Return the shortest way to write it."""
        return self.flags[-1] if len(self.flags[-1]) == 2 else self.flags[0]


def _row(flags: str, field: str) -> dict[str, Any]:
    """Return the names of an option: its field is the long flag's, unless it is given."""
    names = tuple(flags.split())
    return {"flags": names, "field": field or names[0].removeprefix("--").replace("-", "_")}


def switch(
    flags: str,
    about: str,
    *,
    field: str = "",
    api: str = "",
    docker: bool = True,
) -> RunOption:
    """Return the row of an option without a value."""
    return RunOption(**_row(flags, field), kind="switch", help=about, api=api, docker=docker)


def text(
    flags: str,
    metavar: str,
    about: str,
    *,
    field: str = "",
    kind: Kind = "text",
    read: Callable[[str], Any] = str,
    read_in: Read | None = None,
    write: Convert = str,
    api: str = "",
    to_api: Convert = lambda value: value,
    since: str = "",
    completes: str = "",
    docker: bool = True,
) -> RunOption:
    """Return the row of an option with one value; `read_in` also gets the surroundings."""
    return RunOption(
        **_row(flags, field),
        kind=kind,
        help=about,
        metavar=metavar,
        read=read_in or (lambda said, _surroundings: read(said)),
        write=write,
        api=api,
        to_api=to_api,
        since=since,
        completes=completes,
        docker=docker,
    )


def several(
    flags: str,
    metavar: str,
    about: str,
    *,
    field: str = "",
    read: Callable[[str], Any] = str,
    read_in: Read | None = None,
    spreads: bool = False,
    write: Convert = str,
    api: str = "",
    to_api: Convert = list,
    since: str = "",
    completes: str = "",
) -> RunOption:
    """Return the row of an option whose values add up; `to_api` gets all of them."""
    return RunOption(
        **_row(flags, field),
        kind="list",
        help=about,
        metavar=metavar,
        read=read_in or (lambda said, _surroundings: read(said)),
        spreads=spreads,
        write=write,
        api=api,
        to_api=to_api,
        since=since,
        completes=completes,
    )


def imported(module: str, name: str) -> Callable[..., Any]:
    """Return a function of `dk.spec` that is imported when it is first called.

    Most options are not said, and the imports of all parsers would cost every start 15 ms.
    """

    def call(*args: Any, **named: Any) -> Any:
        from importlib import import_module

        return getattr(import_module(f"dk.spec.{module}"), name)(*args, **named)

    return call


def panel(title: str, *options: RunOption) -> tuple[RunOption, ...]:
    """Return the rows as one panel of the help."""
    return tuple(replace(option, panel=title) for option in options)


def pair(item: tuple[str, str]) -> str:
    """Write a key and its value as docker reads them."""
    return "=".join(item)


def each_api(items: Any) -> list[Any]:
    """Return the API form of every item."""
    return [item.to_api() for item in items]


def render(item: Any) -> str:
    """Write a value that knows its docker text."""
    return str(item.render())
