"""Where each key of a TOML text stands."""

import tomllib
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dk.spec.toml_lines import KeyPath, key_lines

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
    assert key_lines(TRICKY) == {
        ("title",): 2,
        ("clean",): 3,
        ("clean", "grace"): 3,
        ("clean", "older-than"): 4,
        ("clean", "keep"): 8,
        ("clean", "keep", 0): 9,
        ("clean", "keep", 1): 10,
        ("clean", "keep", 1, 0): 10,
        ("clean", "keep", 1, 1): 10,
        ("clean", "keep", 2): 10,
        ("clean", "keep", 2, "x"): 10,
        ("clean", "keep", 2, "x", 0): 11,
        ("clean", "keep", 3): 12,
        ("one",): 14,
        ("one", "two"): 14,
        ("one", "two", "when"): 15,
        ("one", "two", "three"): 16,
        ("one", "two", "three", "four"): 16,
        ("one", "two", "three", "five"): 16,
        ("one", "two", "three", "five", "six"): 16,
        ("many",): 17,
        ("many", "x"): 18,
        ("many", "y"): 21,
        ("one", "th.ree"): 24,
        ("one", "th.ree", "z"): 25,
    }


def leaves(value: Any, path: KeyPath = ()) -> set[KeyPath]:
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
    lines = key_lines(text)
    assert leaves(tomllib.loads(text)) == set(lines)
    rows = text.split("\n")
    for path, line in lines.items():
        if isinstance(path[-1], str):
            assert path[-1] in rows[line - 1]
