"""What `dk clean --show-config` shows."""

from dk.report import Report
from dk.reports.clean_config import clean_config_report
from dk.spec.clean_options import CleanOptions, Resolved, Setting


def report(*settings: Setting) -> Report:
    return clean_config_report(Resolved(CleanOptions(), (), settings))


def test_each_setting_is_a_row_with_its_source() -> None:
    rows = report(
        Setting("kinds", ("images", "cache"), "KIND"),
        Setting("all", True, "--all"),
        Setting("grace", "10m", "default"),
        Setting("keep-last", 3, "config.toml:3"),
        Setting("older-than", None, "default"),
        Setting("keep", "db*", "dk.toml:2"),
        Setting("keep", "label:team=core", "--keep"),
    ).rows
    assert [row.cells for row in rows] == [
        ("kinds", "images cache", "KIND"),
        ("all", "true", "--all"),
        ("grace", "10m", "default"),
        ("keep-last", "3", "config.toml:3"),
        ("older-than", "", "default"),
        ("keep", "db*", "dk.toml:2"),
        ("keep", "label:team=core", "--keep"),
    ]
    assert [row.quiet for row in rows][:3] == ["kinds=images cache", "all=true", "grace=10m"]
    assert [row.data["value"] for row in rows][:5] == [("images", "cache"), True, "10m", 3, None]


def test_docker_has_no_command_for_it() -> None:
    (said,) = report().docker
    assert (said.argv, said.notes) == ((), ("docker has no such rules but pruneFilters",))
