"""Finding and reading the user's config.toml and a project's dk.toml."""

import os
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.config import LARGEST, key_lines, project_config, read_config_file, user_config
from dk.errors import UsageError


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "dk" / "config.toml"
    file.parent.mkdir()
    return file


def test_a_user_without_a_file_has_no_config(tmp_path: Path) -> None:
    assert user_config({"HOME": str(tmp_path)}) is None
    assert user_config({"HOME": str(tmp_path), "XDG_CONFIG_HOME": "/nonexistent"}) is None


def test_the_file_is_in_the_config_folder_else_below_home(tmp_path: Path, config: Path) -> None:
    config.write_text("[clean]\nall = true\n")
    found = user_config({"HOME": "/nonexistent", "XDG_CONFIG_HOME": str(tmp_path)})
    assert found is not None
    assert found.path == str(config)
    assert found.table == {"clean": {"all": True}}
    assert found.place("clean", "all") == f"{config}:2"
    home = tmp_path / "home"
    (home / ".config").mkdir(parents=True)
    (home / ".config" / "dk").symlink_to(config.parent)
    for xdg in ("", "relative"):
        below = user_config({"HOME": str(home), "XDG_CONFIG_HOME": xdg})
        assert below is not None
        assert below.path == str(home / ".config/dk/config.toml")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[clean]\n[claen]\n", 2, "dk knows no table [claen]"),
        ("[clean]\n\n\n[other.sub]\n", 4, "dk knows no table [other]"),
        ("# mine\nall = true\n", 2, "all is in no table"),
        ("[clean]\nall = ture\n", 2, "not TOML"),
        ("[clean]\nkeep = [\n'a',\n", 3, "not TOML"),
        ("[clean]\nall = true\nall = true\n", 3, "not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_shown_with_its_line(
    tmp_path: Path, config: Path, text: str, line: int, what: str
) -> None:
    config.write_text(text)
    with pytest.raises(UsageError) as caught:
        user_config({"XDG_CONFIG_HOME": str(tmp_path)})
    assert caught.value.what == f"{config}:{line}: {what}"
    assert caught.value.fix


def test_a_file_that_is_no_text_is_refused_with_the_line(tmp_path: Path, config: Path) -> None:
    config.write_bytes(b"[clean]\n# caf\xe9\n")
    with pytest.raises(UsageError, match=r"config\.toml:2: not UTF-8 text"):
        user_config({"XDG_CONFIG_HOME": str(tmp_path)})


def test_what_is_no_file_at_all_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    dangling = tmp_path / "dangling.toml"
    dangling.symlink_to("nowhere")
    loop = tmp_path / "loop.toml"
    loop.symlink_to("loop.toml")
    large = tmp_path / "large.toml"
    large.write_text("#" * LARGEST + "\n")
    said = {
        folder: "is a folder",
        pipe: "is not a file but a pipe or a device",
        Path("/dev/zero"): "is not a file but a pipe or a device",
        dangling: "can't read",
        loop: "can't read",
        large: "larger than 1 MB",
    }
    for path, what in said.items():
        with pytest.raises(UsageError, match=what):
            read_config_file(path)


def test_a_config_that_may_not_be_looked_at_is_not_passed_over(
    tmp_path: Path, config: Path
) -> None:
    config.write_text("[clean]\nkeep = ['db']\n")
    config.parent.chmod(0)
    is_root = os.geteuid() == 0
    if is_root:  # who may look at everything
        tmp_path.chmod(0o755)
        os.seteuid(65534)
    try:
        with pytest.raises(UsageError, match="permission denied"):
            user_config({"XDG_CONFIG_HOME": str(tmp_path)})
    finally:
        if is_root:
            os.seteuid(0)
        config.parent.chmod(0o755)


@pytest.mark.parametrize("text", ["a = " + "[" * 5000 + "]" * 5000, "a = " + "9" * 5000],
                         ids=["deep", "long"])  # fmt: skip
def test_a_file_that_asks_too_much_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "dk.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=r"dk\.toml"):
        read_config_file(file)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "dk.toml"
    file.write_bytes(b"\xef\xbb\xbf[clean]\r\nall = false\r\ngrace = '1h'\r\n")
    assert read_config_file(file).place("clean", "grace") == f"{file}:3"


def test_the_nearest_project_file_upwards_counts(tmp_path: Path) -> None:
    (tmp_path / "dk.toml").write_text("[clean]\nkeep = ['top']\n")
    deep = tmp_path / "a/b/c"
    deep.mkdir(parents=True)
    found = project_config(deep)
    assert found is not None
    assert found.path == str(tmp_path / "dk.toml")
    (tmp_path / "a/dk.toml").write_text("[other]\nx = 1\n")
    found = project_config(deep)
    assert found is not None
    assert found.table == {"other": {"x": 1}}


def test_a_project_file_that_can_not_be_read_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "dk.toml").write_text("")
    (tmp_path / "a" / "dk.toml").mkdir(parents=True)
    with pytest.raises(UsageError, match="is a folder"):
        project_config(tmp_path / "a")


def test_a_removed_working_folder_has_no_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert project_config() is None


TRICKY = '''\
# clean.all = true
title = "a # b [c] \\" = d"  # e
clean.grace = "5m"
"clean".'older-than' = """\\
  [x]
  y = 1 ""\\"
  """""
clean.keep = [ # first
  "a",
  [1, 2], { x = [
    3 ] },
  'b]',  # ]
]
[one.two]
when = 2026-01-31 07:00:00.5Z
three = { four = "}", five.six = [ ] }
[[many]]
x = \'\'\'
[not]
\'\'\'\'
y = 1
[[many]]
x = 2
[ one . "th.ree" ]
z = -1.5e3
'''


def test_lines_are_right_whatever_the_text_looks_like() -> None:
    tomllib.loads(TRICKY)
    lines = list(key_lines(TRICKY))
    assert lines == [
        (("title",), 2),
        (("clean",), 3),
        (("clean", "grace"), 3),
        (("clean",), 4),
        (("clean", "older-than"), 4),
        (("clean",), 8),
        (("clean", "keep"), 8),
        (("clean", "keep", 0), 9),
        (("clean", "keep", 1), 10),
        (("clean", "keep", 1, 0), 10),
        (("clean", "keep", 1, 1), 10),
        (("clean", "keep", 2), 10),
        (("clean", "keep", 2, "x"), 10),
        (("clean", "keep", 2, "x", 0), 11),
        (("clean", "keep", 3), 12),
        (("one",), 14),
        (("one", "two"), 14),
        (("one", "two", "when"), 15),
        (("one", "two", "three"), 16),
        (("one", "two", "three", "four"), 16),
        (("one", "two", "three", "five"), 16),
        (("one", "two", "three", "five", "six"), 16),
        (("many",), 17),
        (("many", "x"), 18),
        (("many", "y"), 21),
        (("many",), 22),
        (("many", "x"), 23),
        (("one",), 24),
        (("one", "th.ree"), 24),
        (("one", "th.ree", "z"), 25),
    ]


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    found = {path} if path else set()
    if isinstance(value, dict):
        for key, item in value.items():
            found |= leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found |= leaves(item, (*path, index))
    return found


SPACES = st.sampled_from(["", " ", "\t"])
BREAKS = st.sampled_from(["", "\n", " # ], }\n", "\n\n"])
KEYS = st.sampled_from(["a", "b", "c-d", '"e.f"', "'g h'", "a.b", 'b . "="', "1"])
SCALARS = st.sampled_from(
    ["1", "true", "-1.5e3", "2026-01-31 07:00:00", "07:00:00.5",
     '"x # ] = y"', "'\\'", '"\\""', '""',
     '"""\n[z]\n"" \\"""" """', '"""x"""""', "'''\n# [y]\n'''", "'''x'''''", "''"]
)  # fmt: skip


def values(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    item = st.builds("{}{}{}".format, BREAKS, inner, BREAKS)
    pair = st.builds("{}{}={}{}".format, SPACES, KEYS, SPACES, inner)
    return st.lists(item, max_size=3).map(lambda items: f"[{','.join(items)}]") | st.lists(
        pair, max_size=2
    ).map(lambda pairs: f"{{{','.join(pairs)}}}")


PAIRS = st.builds(
    "{}{} = {}{}\n".format, SPACES, KEYS, st.recursive(SCALARS, values, max_leaves=6), SPACES
)
TABLES = st.builds("[{}{}{}] # [x]\n".format, SPACES, KEYS, SPACES)
STATEMENTS = st.lists(PAIRS | TABLES | st.just("# x = 1\n\n"), max_size=5)


@given(STATEMENTS)
def test_every_key_of_any_file_has_its_line(statements: list[str]) -> None:
    text = ""
    for statement in statements:  # leave out what says a thing twice
        with suppress(tomllib.TOMLDecodeError):
            tomllib.loads(text + statement)
            text += statement
    lines: dict[tuple[str | int, ...], int] = {}
    for path, line in key_lines(text):
        lines.setdefault(path, line)
    assert leaves(tomllib.loads(text)) == set(lines)
    rows = text.split("\n")
    for path, line in lines.items():
        if isinstance(path[-1], str):
            assert path[-1] in rows[line - 1]
