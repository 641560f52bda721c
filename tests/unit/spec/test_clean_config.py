"""How flags and files together say what `dk clean` does."""

import tomllib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.clean_config import clean_options
from dk.spec.clean_config.places import ConfigFile
from dk.spec.clean_config.prune_filters import prune_filters
from dk.spec.clean_config.words import KEYS
from dk.spec.clean_options import (
    KINDS,
    Age,
    CleanOptions,
    LabelFilter,
    PruneConfig,
    Resolved,
    SaidFlags,
    parse_label_filter,
)
from dk.spec.toml_lines import key_lines

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOCKERS = "/home/.docker/config.json"


def file(path: str, text: str) -> ConfigFile:
    return ConfigFile(path, tomllib.loads(text), key_lines(text))


def resolve(user: str = "", dk_toml: str = "", *entries: str, **flags: Any) -> Resolved:
    return clean_options(
        SaidFlags(**flags),
        file("config.toml", user) if user else None,
        file("dk.toml", dk_toml) if dk_toml else None,
        PruneConfig(entries, DOCKERS),
        now=NOW,
    )


def options(user: str = "", dk_toml: str = "", *entries: str, **flags: Any) -> CleanOptions:
    return resolve(user, dk_toml, *entries, **flags).options


def source(name: str, resolved: Resolved) -> str:
    return next(setting.source for setting in resolved.settings if setting.name == name)


def error(user: str = "", dk_toml: str = "", *entries: str, **flags: Any) -> UsageError:
    with pytest.raises(UsageError) as caught:
        resolve(user, dk_toml, *entries, **flags)
    return caught.value


def test_without_a_word_the_safe_defaults_hold() -> None:
    assert options() == CleanOptions()


USER = """\
[clean]
all = true
grace = "5m"
older-than = "7d"
unused-for = 2026-01-31
keep-last = 3
keep = ["db*", "label:team=core"]
label = ["ci", "stage=test"]
kinds = ["container", "images", "volumes"]
named-volumes = ["tmp-*"]
project = "web"
"""


def test_every_flag_has_its_key_in_the_users_file() -> None:
    found = options(USER)
    assert found.all
    assert found.grace == timedelta(minutes=5)
    assert found.older_than == Age("7d", timedelta(days=7))
    assert found.unused_for == Age("2026-01-31", moment=datetime(2026, 1, 31, tzinfo=UTC))
    assert found.keep_last == 3
    assert found.keep == (("db*", "config.toml:7"), ("label:team=core", "config.toml:7"))
    assert [(each.key, each.value, each.source) for each in found.labels] == [
        ("ci", None, "config.toml:8"),
        ("stage", "test", "config.toml:8"),
    ]
    assert found.kinds == ("containers", "images", "volumes")
    assert found.named_volumes == ("tmp-*",)
    assert found.project == "web"


def test_a_flag_is_over_both_files() -> None:
    project = USER.replace("5m", "1h").replace("7d", "9d").replace("= 3", "= 9")
    found = options(
        USER, project, kinds=("networks",), all=False, grace="1m", older_than="1h", unused_for="2h",
        keep_last=1, project="other",
    )  # fmt: skip
    assert found.kinds == ("networks",)
    assert not found.all
    assert found.grace == timedelta(minutes=1)
    assert found.older_than == Age("1h", timedelta(hours=1))
    assert found.unused_for == Age("2h", timedelta(hours=2))
    assert found.keep_last == 1
    assert found.project == "other"


def test_zero_turns_a_rule_of_a_file_off() -> None:
    found = options(USER, grace="0", older_than="0", unused_for="0s", keep_last=0)
    assert found.grace == timedelta()
    assert (found.older_than, found.unused_for, found.keep_last) == (None, None, None)


def test_what_is_kept_and_the_labels_add_up_over_all_voices() -> None:
    found = options(
        "[clean]\nkeep = ['a', 'same']\nlabel = ['x']",
        "[clean]\nkeep = ['b', 'same']\nlabel = ['y=1']",
        keep=("c", "same"),
        label=("z",),
    )
    assert found.keep == (
        ("a", "config.toml:2"),
        ("same", "config.toml:2"),
        ("c", "--keep"),
        ("b", "dk.toml:2"),
    )
    assert [each.key for each in found.labels] == ["x", "z", "y"]
    assert found.labels[1] == LabelFilter("z")


def test_a_project_may_narrow() -> None:
    resolved = resolve(
        "[clean]\nall = true\nolder-than = '1d'\nvolumes = true\nnamed-volumes = ['a*', 'b*']",
        "[clean]\nall = false\ngrace = '1h'\nolder-than = '2w'\nunused-for = '1d'\nkeep-last = 2\n"
        "kinds = ['images', 'volumes']\nnamed-volumes = ['b*']\nproject = 'web'",
    )
    assert resolved.notices == ()
    assert resolved.options == CleanOptions(
        kinds=("images", "volumes"),
        grace=timedelta(hours=1),
        older_than=Age("2w", timedelta(weeks=2)),
        unused_for=Age("1d", timedelta(days=1)),
        keep_last=2,
        named_volumes=("b*",),
        project="web",
    )


@pytest.mark.parametrize(
    ("user", "line", "left_out"),
    [
        ("", "all = true", "all"),
        ("", "grace = '9m59s'", "grace"),
        ("", "grace = 0", "grace"),
        ("older-than = '7d'", "older-than = '6d'", "older-than"),
        ("older-than = '7d'", "older-than = '0'", "older-than"),
        ("unused-for = '7d'", "unused-for = 2026-02-27", "unused-for"),
        ("keep-last = 3", "keep-last = 2", "keep-last"),
        ("keep-last = 3", "keep-last = 0", "keep-last"),
        ("", "volumes = true", "volumes"),
        ("kinds = ['images']", "kinds = ['images', 'cache']", "the kind cache"),
        ("", "named-volumes = ['*']", "named-volumes *"),
        ("project = 'web'", "project = 'api'", "project"),
    ],
)
def test_a_project_can_not_widen_and_that_is_said(user: str, line: str, left_out: str) -> None:
    user = f"[clean]\n{user}"
    resolved = resolve(user, f"[clean]\n\n{line}")
    assert resolved.notices == (f"dk.toml:3: {left_out} is left out: a dk.toml can only keep more",)
    assert resolved.options == options(user)


@pytest.mark.parametrize("line", ["grace = '600s'", "keep-last = 3", "older-than = '168h'",
                                  "all = true", "kinds = ['cache', 'images']", "volumes = false",
                                  "named-volumes = ['a*']", "project = 'web'"])  # fmt: skip
def test_a_project_that_says_the_same_is_no_news(line: str) -> None:
    user = (
        "[clean]\nkeep-last = 3\nolder-than = '7d'\nall = true\nkinds = ['images', 'cache']\n"
        "named-volumes = ['a*']\nproject = 'web'"
    )
    assert resolve(user, f"[clean]\n{line}") == resolve(user)


def test_what_the_user_says_in_flags_needs_no_notice() -> None:
    resolved = resolve(
        "",
        "[clean]\nall = true\ngrace = '1s'\nvolumes = true\nproject = 'x'\nnamed-volumes = ['*']",
        all=True,
        grace="2m",
        volumes=True,
        project="web",
        named_volumes=("tmp",),
    )
    assert resolved.notices == ()


def test_other_tables_of_a_project_are_left_alone() -> None:
    assert options("", "[run]\nx = 1\n[[push]]\n") == CleanOptions()


def test_kinds_are_taken_in_the_singular_and_kept_in_one_order() -> None:
    assert options(kinds=("cache", "image", "images")).kinds == ("images", "cache")


@pytest.mark.parametrize(
    ("flags", "kinds"),
    [
        ({"volumes": True}, KINDS),
        ({"named_volumes": ("tmp",)}, KINDS),
        ({"kinds": ("images",), "volumes": True}, ("images", "volumes")),
        ({"kinds": ("volumes",), "named_volumes": ("*",)}, ("volumes",)),
        ({"kinds": ("images",), "named_volumes": ("*",), "volumes": True}, ("images", "volumes")),
        ({"volumes": False}, ("containers", "images", "networks", "cache")),
    ],
)
def test_volumes_go_only_where_they_are_asked_for(
    flags: dict[str, Any], kinds: tuple[str, ...]
) -> None:
    assert options(**flags).kinds == kinds


def test_named_volumes_in_a_file_ask_for_no_volumes() -> None:
    user = "[clean]\nnamed-volumes = ['tmp-*']"
    assert options(user) == CleanOptions(named_volumes=("tmp-*",))
    assert options(user, kinds=("images",)).kinds == ("images",)
    assert "volumes" not in options(f"{user}\nvolumes = true", volumes=False).kinds


@pytest.mark.parametrize(
    ("flags", "what"),
    [
        (
            {"kinds": ("images",), "named_volumes": ("*",)},
            "--named-volumes: volumes are not among the kinds",
        ),
        (
            {"volumes": False, "named_volumes": ("*",)},
            "--volumes says no volumes, and they are asked for too",
        ),
        (
            {"kinds": ("volumes",), "volumes": False},
            "--volumes says no volumes, and they are asked for too",
        ),
        ({"kinds": ("imges",)}, "KIND: 'imges' is no kind of thing that can be cleaned"),
        ({"older_than": "7"}, "--older-than: 7 has no unit"),
        ({"grace": "soon"}, "--grace: 'soon' is no duration"),
        ({"grace": ""}, "--grace: the duration is empty"),
        ({"keep_last": -1}, "--keep-last: -1 is less than 0"),
        ({"keep": ("ok", "a[")}, "--keep: 'a[': the [ at character 2 is not closed"),
        ({"named_volumes": ("",)}, "--named-volumes: the pattern is empty"),
        ({"label": ("=x",)}, "--label: '=x': the label's key is empty"),
        ({"label": ("!ci",)}, "--label: !ci: dk has no filter for what lacks a label"),
        ({"project": ""}, "--project: the name is empty"),
    ],
)
def test_a_bad_flag_is_named(flags: dict[str, Any], what: str) -> None:
    said = error(**flags)
    assert said.what == what
    assert said.fix


def test_the_nearest_kind_is_offered() -> None:
    assert error(kinds=("imges",)).fix == "try images"
    assert error(kinds=("build-cache",)).fix == "try cache"
    assert "containers, images" in error(kinds=("everything",)).why


def test_who_wants_what_lacks_a_label_is_shown_the_way() -> None:
    assert error(label=("team!=core",)).fix == "keep what has it: --keep 'label:team=core'"


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        ("[clean]\nkeep_last = 3", "2: [clean] has no key 'keep_last'", "write keep-last"),
        ("[clean]\nolderThan = '1d'", "2: [clean] has no key 'olderThan'", "write older-than"),
        ("[clean]\nzzz = 1", "2: [clean] has no key 'zzz'", "correct it or take it out"),
        ("[clean.grace]\nx = 1", "1: grace: a table is not a time", 'e.g. "24h"'),
        ("clean = 3", "1: clean is not a table", "write [clean]"),
        ("[[clean]]", "1: clean is not a table", "write [clean]"),
        ("[clean]\nall = 'yes'", "2: all: 'yes' is not true or false",
         "write true or false, unquoted"),
        ("[clean]\ngrace = 10", "2: grace: 10 has no unit", "10d for days? 10h for hours?"),
        ("[clean]\ngrace = true", "2: grace: true is not a time", 'e.g. "24h"'),
        ("[clean]\nproject = ['web']", "2: project: a list is not a text",
         "write one text in quotes"),
        ("[clean]\nkeep = 'db'", "2: keep: not a list", 'write keep = ["…"]'),
        ("[clean]\nkeep = [\n'a',\n'b[',\n]", "4: keep: 'b[': the [ at character 2 is not closed",
         "add the ], or write [[] for the character itself"),
        ("[clean]\nkeep = ['a', 3]", "2: keep: 3 is not a text", "write it in quotes"),
        ("[clean]\nkeep-last = '3'", "2: keep-last: '3' is not a whole number", "e.g. 3"),
        ("[clean]\nkeep-last = true", "2: keep-last: true is not a whole number", "e.g. 3"),
        ("[clean]\nkinds = [\n'pods']", "3: kinds: 'pods' is no kind of thing that can be cleaned",
         "name one of them"),
        ("[clean]\nolder-than = 2026-03-02", "2: older-than: 2026-03-02 is in the future",
         "e.g. 24h, 7d or 2026-01-31"),
        ("[clean]\nolder-than = 07:30:00", "2: older-than: '07:30:00' is no age",
         "e.g. 24h, 7d or 2026-01-31"),
        ("clean = { all = true, unused-for = '7' }", "1: unused-for: 7 has no unit",
         "7d for days? 7h for hours?"),
    ],
)  # fmt: skip
def test_a_bad_word_in_a_file_is_named_with_its_line(text: str, what: str, fix: str) -> None:
    for user, project, path in ((text, "", "config.toml"), ("", text, "dk.toml")):
        said = error(user, project)
        assert (said.what, said.fix) == (f"{path}:{what}", fix)


def labels(*entries: str, own: tuple[str, ...] = ()) -> list[str]:
    filters = [parse_label_filter(text, "--label") for text in own]
    found, _ = prune_filters(PruneConfig(entries, DOCKERS), filters, NOW)
    return [f"{'!' * each.negated}{each.key}={each.value}" for each in found]


def test_dockers_prune_filters_apply() -> None:
    found = options("", "", "label=ci", "label!=keep=yes", "until=24h")
    assert found.labels == (
        LabelFilter("ci", None, negated=False, source=DOCKERS),
        LabelFilter("keep", "yes", negated=True, source=DOCKERS),
    )
    assert found.created_before == Age("24h", timedelta(hours=24))


def test_a_label_on_the_command_line_is_over_its_contrary_in_dockers_file() -> None:
    assert labels("label!=ci", own=("ci",)) == []
    assert labels("label!=ci=1", own=("ci=1",)) == []
    assert labels("label!=ci=2", "label!=ci", own=("ci=1",)) == ["!ci=2", "!ci=None"]
    assert labels("label=ci", own=("ci",)) == []
    assert labels("label=a", "label!=a") == ["a=None"]


def test_a_projects_label_is_over_no_filter_of_dockers() -> None:
    found = options("", "[clean]\nlabel = ['ci']", "label!=ci")
    assert [(each.key, each.negated) for each in found.labels] == [("ci", False), ("ci", True)]


@pytest.mark.parametrize(
    ("entries", "what"),
    [
        (["dangling=true"], "dangling=true: no filter that dk knows"),
        (["label"], "label: no filter that dk knows"),
        ([""], ": no filter that dk knows"),
        (["label="], "label=: '': the label's key is empty"),
        (["until=soon"], "until=soon: 'soon' is no age"),
        (["until=9999999999"], "until=9999999999: 9999999999 is in the future"),
        (["until=1h", "until=2h"], "until=2h: there is another until"),
    ],
)
def test_a_bad_prune_filter_is_named_with_its_file(entries: list[str], what: str) -> None:
    said = error("", "", *entries)
    assert said.what == f"{DOCKERS}: pruneFilters: {what}"
    assert said.fix


def test_the_same_until_twice_is_one() -> None:
    assert options("", "", "until=1h", "until=1h").created_before is not None


def test_each_setting_tells_where_it_is_from() -> None:
    resolved = resolve(
        "[clean]\nkeep-last = 3\nvolumes = true\ngrace = '1h'\nolder-than = '1d'",
        "[clean]\nkeep-last = 4\nkinds = ['images', 'volumes']\ngrace = '1m'",
        "until=1h",
        older_than="2d",
        all=True,
    )
    assert source("keep-last", resolved) == "dk.toml:2"
    assert source("grace", resolved) == "config.toml:4"
    assert source("older-than", resolved) == "--older-than"
    assert source("unused-for", resolved) == "default"
    assert source("all", resolved) == "--all"
    assert source("kinds", resolved) == "default, config.toml:3, dk.toml:3"
    assert source("keep", resolved) == "default"
    assert source("until", resolved) == DOCKERS
    assert source("kinds", resolve(kinds=("images",), volumes=True)) == "KIND, --volumes"


# A project's file never widens, whatever is in it.

TEXTS = st.sampled_from(["a*", "b", "label:x", "c?"])
AGES = st.sampled_from(["0", "10m", "1h", "7d", "168h", "2w", "2026-01-31", "2026-02-22"])
TABLE = st.fixed_dictionaries(
    {},
    optional={
        "all": st.booleans(),
        "grace": st.sampled_from(["0", "1s", "10m", "1h"]),
        "older-than": AGES,
        "unused-for": AGES,
        "keep-last": st.integers(0, 4),
        "keep": st.lists(TEXTS, max_size=2),
        "label": st.lists(st.sampled_from(["x", "y=1", "z"]), max_size=2),
        "kinds": st.lists(st.sampled_from(KINDS), max_size=4),
        "named-volumes": st.lists(TEXTS, max_size=2),
        "project": st.sampled_from(["web", "api"]),
        "volumes": st.booleans(),
    },
)
PRUNE = st.lists(st.sampled_from(["label=x", "label!=x", "label!=y=1", "until=1h"]), max_size=2)


def is_narrower(narrow: CleanOptions, wide: CleanOptions) -> bool:
    def age(age: Age | None) -> datetime:
        return age.before(NOW) if age else NOW

    return (
        set(narrow.kinds) <= set(wide.kinds)
        and narrow.all <= wide.all
        and narrow.grace >= wide.grace
        and age(narrow.older_than) <= age(wide.older_than)
        and age(narrow.unused_for) <= age(wide.unused_for)
        and narrow.created_before == wide.created_before
        and (narrow.keep_last or 0) >= (wide.keep_last or 0)
        and set(narrow.keep) >= set(wide.keep)
        and set(narrow.labels) >= set(wide.labels)
        and set(narrow.named_volumes) <= set(wide.named_volumes)
        and (wide.project is None or narrow.project == wide.project)
    )


@given(TABLE, TABLE, PRUNE, st.booleans())
def test_no_project_ever_widens(
    user: dict[str, Any], project: dict[str, Any], entries: list[str], volumes: bool
) -> None:
    users = ConfigFile("config.toml", {"clean": user}, {})
    stranger = ConfigFile("dk.toml", {"clean": project}, {})
    said = SaidFlags(volumes=volumes or None, label=("x",) if volumes else ())
    prune = PruneConfig(tuple(entries), DOCKERS)
    alone = clean_options(said, users, None, prune, now=NOW)
    together = clean_options(said, users, stranger, prune, now=NOW)
    assert is_narrower(together.options, alone.options)
    assert alone.notices == ()


def test_the_table_of_random_projects_knows_every_key() -> None:
    known = {"all", "grace", "keep", "keep-last", "kinds", "label", "named-volumes"}
    assert set(KEYS) == known | {"older-than", "project", "unused-for", "volumes"}
