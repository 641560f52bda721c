"""`dk clean`: remove what nothing needs any more."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from dk.commands.base import DkCommand, session_of
from dk.errors import UsageError
from dk.spec.clean_options import KINDS, SaidFlags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dk.session import Session
    from dk.spec.clean_options import CleanOptions, Resolved

app = typer.Typer(add_completion=False)

AGE = "Only what is old enough"
SCOPE = "Only some"
KEEP = "Keep more"


class CleanCommand(DkCommand):
    """Docker's other flags are refused by name."""

    docker_only = frozenset({"--filter"})
    completes: ClassVar[Mapping[str, str]] = {
        "kinds": f"choice:{','.join(KINDS)}",
        "older_than": "choice:24h,7d,30d",
        "unused_for": "choice:7d,30d,90d",
        "grace": "choice:10m,1h,0",
    }


@app.command(
    cls=CleanCommand,
    epilog="""
    dk clean                          what is safe to remove: shows it, asks, removes just that
    dk clean --dry-run                only show
    dk clean images -a --keep-last 3  images too that have a tag, but the last 3 of each
    dk clean -y --older-than 7d       in CI: no question
    dk clean volumes                  anonymous volumes that no container uses
    dk undo                           put back what can be
    """,
)
def clean(
    context: typer.Context,
    *,
    kinds: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KIND...]",
            help=f"What to look at: {', '.join(KINDS)}. All but volumes where none is named.",
            show_default=False,
        ),
    ] = None,
    everything: Annotated[
        bool | None,
        typer.Option(
            "--all",
            "-a",
            help="Also images with a tag that no container uses, networks made by hand, and stopped"
            " containers that Compose, a restart policy or a known tool may start again.",
        ),
    ] = None,
    volumes: Annotated[
        bool | None, typer.Option("--volumes", help="Anonymous volumes too.")
    ] = None,
    named_volumes: Annotated[
        list[str] | None,
        typer.Option(
            "--named-volumes",
            metavar="GLOB",
            help="Named volumes too whose names match.",
            show_default=False,
        ),
    ] = None,
    older_than: Annotated[
        str | None,
        typer.Option(
            "--older-than",
            metavar="AGE",
            help="Made, finished and last tagged before: 24h, 7d, 2026-01-31.",
            rich_help_panel=AGE,
            show_default=False,
        ),
    ] = None,
    unused_for: Annotated[
        str | None,
        typer.Option(
            "--unused-for",
            metavar="AGE",
            help="No known use since: 30d, 2026-01-31.",
            rich_help_panel=AGE,
            show_default=False,
        ),
    ] = None,
    grace: Annotated[
        str | None,
        typer.Option(
            "--grace",
            metavar="TIME",
            help="Never touch what is younger (10m; 0 turns it off).",
            rich_help_panel=AGE,
            show_default=False,
        ),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label",
            metavar="KEY[=VALUE]",
            help="Only what has this label.",
            rich_help_panel=SCOPE,
            show_default=False,
        ),
    ] = None,
    project: Annotated[
        str | None,
        typer.Option(
            "--project",
            metavar="NAME",
            help="Only what is of this Compose project.",
            rich_help_panel=SCOPE,
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            "--keep",
            metavar="PATTERN",
            help="Keep what has such a name: 'db*', 'app:*', label:team=core.",
            rich_help_panel=KEEP,
            show_default=False,
        ),
    ] = None,
    keep_last: Annotated[
        int | None,
        typer.Option(
            "--keep-last",
            metavar="N",
            help="Keep the last N images of each repository.",
            rich_help_panel=KEEP,
            show_default=False,
        ),
    ] = None,
    show_kept: Annotated[
        bool, typer.Option("--show-kept", help="Name what stays, one by one.")
    ] = False,
    show_config: Annotated[
        bool, typer.Option("--show-config", help="Show which rules are in force, and from where.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", "-f", hidden=True)] = False,
) -> int:
    """Remove stopped containers, dangling images, unused networks and build cache.

    Every item is shown first, with its reason and whether dk undo can bring it back. What runs, is
    in use, has a name worth keeping or is younger than 10 minutes stays. So does what carries the
    label dk.keep=true.
    """
    if force:
        raise UsageError(
            "dk clean has no -f: it never removes by force",
            "it asks before it removes",
            "-y answers yes: dk clean -y",
        )
    session = session_of(context)
    resolved = _resolved(
        session,
        SaidFlags(
            kinds=tuple(kinds or ()),
            volumes=volumes,
            all=everything,
            grace=grace,
            older_than=older_than,
            unused_for=unused_for,
            keep_last=keep_last,
            keep=tuple(keep or ()),
            label=tuple(label or ()),
            project=project,
            named_volumes=tuple(named_volumes or ()),
            show_kept=show_kept,
        ),
    )
    if show_config:
        from dk.reports.clean_config import clean_config_report

        for notice in resolved.notices:
            session.output.notice(notice)
        return session.show(clean_config_report(resolved))
    return _clean(session, resolved)


def _resolved(session: Session, said: SaidFlags) -> Resolved:
    from dk.config import project_config, user_config
    from dk.engine.config_file import config_path, read_config
    from dk.spec.clean_config import clean_options
    from dk.spec.clean_options import PruneConfig

    filters = read_config(session.environ).get("pruneFilters") or ()
    return clean_options(
        said,
        user_config(session.environ),
        project_config(),
        PruneConfig(tuple(filters), str(config_path(session.environ))) if filters else None,
        now=datetime.now().astimezone(),
    )


def _uses(session: Session, options: CleanOptions) -> Mapping[str, datetime]:
    """Return the last uses that dk itself knows of, by name or id."""
    from dk.journal.uses import read_past_uses, read_uses

    uses = dict(read_uses(session.environ))
    if options.unused_for is not None:
        past = read_past_uses(session.environ, session.engine.lasting_id)
        for (_, name), when in past.items():
            uses[name] = max(when, uses.get(name, when))
    return uses


def _clean(session: Session, resolved: Resolved) -> int:
    from dk.plans.clean.layers import Stock, forecast, needs_history
    from dk.plans.clean.plan import decide, plan_clean

    engine = session.engine
    options = resolved.options
    state = engine.observe_for_clean(options.kinds, _uses(session, options))
    decision = decide(state, options)
    stock = Stock(state.images, state.cache, state.store)
    removed = decision.images_and_cache
    bytes_ = forecast(stock, removed, engine.histories(needs_history(stock, removed)))
    plan = plan_clean(decision, options, bytes_, resolved.notices)
    return session.carry_out(plan, measure=engine.gauge(state.usage))
