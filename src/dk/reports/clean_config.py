"""The rows of `dk clean --show-config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.plan import DockerCommand
from dk.report import Column, Report, Row

if TYPE_CHECKING:
    from dk.spec.clean_options import Resolved, Setting


def clean_config_report(resolved: Resolved) -> Report:
    """Return a row for each setting in force, with its value and where that was said.

    What adds up (keep, label, named-volumes) has a row for each item. In JSON `value` is true or
    false, a number, a text, a list of kinds, or null where nothing is set.
    """
    return Report(
        columns=(Column("SETTING"), Column("VALUE", rank=1), Column("FROM", rank=2)),
        rows=tuple(_row(setting) for setting in resolved.settings),
        docker=(DockerCommand((), notes=("docker has no such rules but pruneFilters",)),),
    )


def _row(setting: Setting) -> Row:
    value = setting.value
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, tuple):
        text = " ".join(value)
    else:
        text = "" if value is None else str(value)
    return Row(
        cells=(setting.name, text, setting.source),
        quiet=f"{setting.name}={text}",
        data={"setting": setting.name, "value": value, "from": setting.source},
    )
