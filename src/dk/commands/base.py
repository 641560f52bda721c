"""What every command shares: docker's option syntax, the shared options, the form of its help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from typer.core import TyperCommand, TyperGroup, TyperOption

from dk.commands.docker_syntax import normalize
from dk.options import SHARED_OPTIONS, SharedOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import typer
    from typer._click.core import Context, Parameter
    from typer._click.formatting import HelpFormatter

    from dk.session import Session

SHARED_PANEL = "Everywhere in dk"


def shared_parameters() -> list[Parameter]:
    """Return fresh Typer options for all shared options."""
    return [
        TyperOption(
            param_decls=[option.field, *option.flags],
            is_flag=not option.metavar,
            type=str if option.metavar else None,
            metavar=option.metavar or None,
            help=option.help,
            rich_help_panel=SHARED_PANEL,
        )
        for option in SHARED_OPTIONS
    ]


def take_shared(params: dict[str, Any]) -> SharedOptions:
    """Remove the shared options from `params` and return them."""
    values = {option.field: params.pop(option.field) for option in SHARED_OPTIONS}
    return SharedOptions(**{name: value for name, value in values.items() if value is not None})


def session_of(context: typer.Context | Context) -> Session:
    """Return the session that this call of dk runs in."""
    session: Session = context.obj
    return session


def _prepare(command: TyperCommand | TyperGroup) -> None:
    """Add the shared options that the command doesn't have itself, and docker's `--flag=false`."""
    command.rich_markup_mode = None
    taken = {flag for param in command.params for flag in param.opts}
    for shared in shared_parameters():
        shared.opts = [flag for flag in shared.opts if flag not in taken]
        command.params.append(shared)
    for param in command.params:
        if isinstance(param, TyperOption) and param.is_bool_flag:
            # A blank in the name: `docker_syntax` writes it, and nobody types it.
            param.secondary_opts = [f"{param.opts[0]} false"]


class DkCommand(TyperCommand):
    """A command with docker's option syntax and the shared options.

    Set `docker_only` to flags that docker's command has and this one lacks: they are refused by
    name. With `docker_exit_codes` its own failures end with 125. `options_end_at_argument` leaves
    everything behind the first argument alone. `completes` names the source of `dk.completion`
    for the values of parameters, by their names.
    """

    docker_only: frozenset[str] = frozenset()
    completes: ClassVar[Mapping[str, str]] = {}
    docker_exit_codes = False
    options_end_at_argument = False

    def __init__(self, name: str | None, **attributes: Any) -> None:
        super().__init__(name, **attributes)
        _prepare(self)

    def make_context(
        self, info_name: str | None, args: list[str], parent: Context | None = None, **extra: Any
    ) -> Context:
        """Tell the session which command this is before its arguments are read."""
        if parent is not None:
            path = f"{parent.command_path} {info_name}".removeprefix("dk ")
            session_of(parent).begin(path, docker_exit_codes=self.docker_exit_codes)
        return super().make_context(info_name, args, parent, **extra)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the arguments in docker's own option syntax."""
        args = normalize(args, self.params, interspersed=not self.options_end_at_argument)
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        """Write arguments as docker does: IMAGE, not {IMAGE}."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def invoke(self, ctx: Context) -> Any:
        """Move the shared options to the session, then run the command."""
        session = session_of(ctx)
        session.options.merge(take_shared(ctx.params))
        session.arguments_read = True
        return super().invoke(ctx)

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the options by panel, the shared ones last."""
        write_panels(self.get_params(ctx), ctx, formatter)

    def format_epilog(self, _ctx: Context, formatter: HelpFormatter) -> None:
        """Write the examples as they are."""
        write_examples(self.epilog, formatter)


class DkGroup(TyperGroup):
    """A group of commands that takes the shared options too."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        _prepare(self)

    def summaries(self, ctx: Context) -> dict[str, str]:
        """Return the commands with a line on each."""
        return {
            name: command.get_short_help_str()
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None
        }

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the arguments in front of the command in docker's own option syntax."""
        return super().parse_args(ctx, normalize(args, self.params, interspersed=False))

    def invoke(self, ctx: Context) -> Any:
        """Move the shared options to the session, then go on to the command."""
        session_of(ctx).options.merge(take_shared(ctx.params))
        return super().invoke(ctx)

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the commands, then the options, the shared ones last."""
        self.format_commands(ctx, formatter)
        write_panels(self.get_params(ctx), ctx, formatter)


def write_panels(params: Sequence[Parameter], ctx: Context, formatter: HelpFormatter) -> None:
    """Write help records grouped by panel: docker's flags first, the shared options last."""
    panels: dict[str, list[tuple[str, str]]] = {}
    for param in params:
        if not isinstance(param, TyperOption) or param.hidden:
            continue
        flags = sorted(param.opts, key=lambda flag: flag.startswith("--"))
        name = ", ".join(flags) if len(flags[0]) == 2 else f"    {', '.join(flags)}"
        if not param.is_flag:
            name += f" {param.make_metavar(ctx)}"
        panel = SHARED_PANEL if "--help" in flags else param.rich_help_panel or "Options"
        panels.setdefault(panel, []).append((name, param.help or ""))
    shared = panels.pop(SHARED_PANEL, [])
    for title, records in [*panels.items(), (SHARED_PANEL, shared)]:
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


def write_examples(examples: str | None, formatter: HelpFormatter) -> None:
    """Write the examples, one a line, unwrapped."""
    if examples:
        with formatter.section("Examples"):
            for line in examples.strip().splitlines():
                formatter.write(f"{' ' * formatter.current_indent}{line.strip()}\n")
