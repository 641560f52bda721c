"""Env files by docker's rules, by Compose's and by python-dotenv's.

The tables' values are what `docker create --env-file`, `docker compose config` and `dotenv_values`
give.
"""

import os
from collections.abc import Callable, Mapping
from io import StringIO
from unittest.mock import patch

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.env_file.compose import read_compose
from dk.spec.env_file.docker import read_docker
from dk.spec.env_file.dotenv import read_dotenv
from dk.spec.env_file.reading import Reading

Read = Callable[[bytes, Mapping[str, str]], Reading]

ENVIRON = {"HOST": "from host", "EMPTY": "", "BOTH": "host"}

DOCKER: dict[bytes, dict[str, str]] = {
    b"": {},
    b"A=1\nB=2": {"A": "1", "B": "2"},
    b"A=1\r\nB=2\r\n": {"A": "1", "B": "2"},
    b"\xef\xbb\xbfA=1\n": {"A": "1"},
    b"# c\n\n  # c\n  A=1\n": {"A": "1"},
    b"A=x=y\n": {"A": "x=y"},
    b"A=\n": {"A": ""},
    b"A='x'\nB=\"y\"\n": {"A": "'x'", "B": '"y"'},
    b"A=x # y \n": {"A": "x # y "},
    b"A= x\n": {"A": " x"},
    b"A=$HOST ${HOST} $$\n": {"A": "$HOST ${HOST} $$"},
    b"A=\\n\\t\n": {"A": "\\n\\t"},
    b"HOST\nEMPTY\nUNSET\n": {"HOST": "from host", "EMPTY": ""},
    b"A=1\nA\n": {"A": "1"},
    b"A=1\nA=2\n": {"A": "2"},
    b"a.b-c:d=1\n": {"a.b-c:d": "1"},
    "\u00e9=\u00fc\n".encode(): {"\u00e9": "\u00fc"},
    b"A=1\rB=2\n": {"A": "1\rB=2"},
    "\u2003A=1\n".encode(): {"A": "1"},
    b"A=" + b"x" * 65533 + b"\n": {"A": "x" * 65533},
}

COMPOSE: dict[bytes, dict[str, str]] = {
    b"": {},
    b"A=1\nB=2": {"A": "1", "B": "2"},
    b"A=1\r\nB=2\r\n": {"A": "1", "B": "2"},
    b"\xef\xbb\xbfA=1\n": {"A": "1"},
    b"# c\n\n  # c\n  A=1\n": {"A": "1"},
    b"A: 1\nB : 2\nC = 3\n": {"A": "1", "B": "2", "C": "3"},
    b"export A=1\nexport  B=2\nexportC=3\n": {"A": "1", "B": "2", "exportC": "3"},
    b"a.b-c[0]=1\n1A=2\n": {"a.b-c[0]": "1", "1A": "2"},
    b"A=\nB=''\nC=\"\"\n": {"A": "", "B": "", "C": ""},
    b"A=x # c\nB=x#c\nC= #c\nD=x\t#c\n": {"A": "x", "B": "x#c", "C": "#c", "D": "x\t#c"},
    b"A='x' # c\nB=\"y\" # c\n": {"A": "x", "B": "y"},
    b"A=  x y  \n": {"A": "x y"},
    b"A='$HOST \\n \"'\n": {"A": '$HOST \\n "'},
    b"A='it\\'s'\n": {"A": "it's"},
    b"A='a\\\\b'\n": {"A": "a\\\\b"},
    b'A="a\\nb\\tc\\\\d\\"e"\n': {"A": 'a\nb\tc\\d"e'},
    b'A="\\q \\x41 \\c"\n': {"A": "\\q \\x41 \\c"},
    b'A="\\0101 \\0377 \\07 \\0"\n': {"A": "A \u00ff \\7 \\"},
    b"A='x\ny'\nB=1\n": {"A": "x\ny", "B": "1"},
    b'A="x\r\ny"\r\nB=1\r\n': {"A": "x\r\ny", "B": "1"},
    b"A=1\rB=2\n": {"A": "1\rB=2"},
    b"A=\"x\"B=2\nC='y' D=3\n": {"A": "x", "B": "2", "C": "y", "D": "3"},
    b'A="x" UNSET\nB=1\n': {"A": "x", "B": "1"},
    b"HOST\nEMPTY\nUNSET\nexport BOTH\n": {"HOST": "from host", "EMPTY": "", "BOTH": "host"},
    b"A=1\nA=2\n": {"A": "2"},
    b"A=$HOST ${HOST}\n": {"A": "from host from host"},
    b'A="$HOST ${HOST}"\n': {"A": "from host from host"},
    b"A=1\nB=$A-${A}x\n": {"A": "1", "B": "1-1x"},
    b"BOTH=file\nA=$BOTH\n": {"BOTH": "file", "A": "host"},
    b"A=$UNSET.\n": {"A": "."},
    b"A=$$HOST $$$$\n": {"A": "$HOST $$"},
    b'A="\\$HOST"\nB=\\$HOST\n': {"A": "$HOST", "B": "\\from host"},
    b"A=$ $1 a$\n": {"A": "$ $1 a$"},
    b"A=${UNSET:-d}|${EMPTY:-d}|${HOST:-d}\n": {"A": "d|d|from host"},
    b"A=${UNSET-d}|${EMPTY-d}|${HOST-d}\n": {"A": "d||from host"},
    b"A=${UNSET:+d}|${EMPTY:+d}|${HOST:+d}\n": {"A": "||d"},
    b"A=${UNSET+d}|${EMPTY+d}|${HOST+d}\n": {"A": "|d|d"},
    b"A=${HOST:?no}|${HOST?no}|${EMPTY?no}\n": {"A": "from host|from host|"},
    b"A=${UNSET:-${EMPTY:-${HOST}}}\n": {"A": "from host"},
    b"A=${UNSET:-$HOST-}b}\n": {"A": "from host-b}"},
    b"A=${HOST:-${UNSET:?never looked at}}\n": {"A": "from host"},
    b"A=${UNSET:-a:-b?c+d}\n": {"A": "a:-b?c+d"},
    b"A=${UNSET:-$$x}\n": {"A": "$x"},
    b'A=${UNSET:-{"a":{"b":1}}}\n': {"A": '{"a":{"b":1}}'},
    b"A=${UNSET:-{}}\n": {"A": "{}"},
    b"A='${'\n": {"A": "${"},
    "\u00e9='\u00fc'\n".encode(): {"\u00e9": "\u00fc"},
}


DOTENV: dict[bytes, dict[str, str]] = {
    b"": {},
    b"A=1\r\nB=2\rC=3": {"A": "1", "B": "2", "C": "3"},
    b"\xef\xbb\xbfexport A=1\n": {"A": "1"},
    b"A='x\ny'\nB=\"a\\tb\"\n": {"A": "x\ny", "B": "a\tb"},
    b"A=x # c\nB=x#c\nC= #c\n": {"A": "x", "B": "x#c", "C": ""},
    b"A=$HOST ${HOST} ${NO:-d} ${NO}.\n": {"A": "$HOST from host d ."},
    b"A='${HOST}'\n": {"A": "from host"},
    b"A=${EMPTY:-d}|\n": {"A": "|"},
    b"BOTH=file\nA=${BOTH}\n": {"BOTH": "file", "A": "file"},
    b"HOST\nA=1\nA\n": {},
    b"A:1=2\n": {"A:1": "2"},
    b"'A'=1\n": {"A": "1"},
}


def compose(data: bytes, environ: Mapping[str, str]) -> Reading:
    return read_compose(data, environ, {})


def values(reading: Reading) -> dict[str, str]:
    assert not reading.problems
    return reading.values


def refusal(read: Read, data: bytes) -> UsageError:
    reading = read(data, ENVIRON)
    assert reading.problems
    return reading.error("app.env")


@pytest.mark.parametrize("data", DOCKER)
def test_docker_rules_give_what_docker_gives(data: bytes) -> None:
    assert values(read_docker(data, ENVIRON)) == DOCKER[data]


@pytest.mark.parametrize("data", COMPOSE)
def test_compose_rules_give_what_compose_gives(data: bytes) -> None:
    assert values(compose(data, ENVIRON)) == COMPOSE[data]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"A=1\n  =x\n", "app.env:2:3: the name before = is empty"),
        (b"A B=1\n", "app.env:1:2: a name holds no white space"),
        (b"A\tB\n", "app.env:1:2: a name holds no white space"),
        (b"A =1\n", "app.env:1:2: a name holds no white space"),
        (b"\n export A=1\n", "app.env:2:2: docker's env files have no `export`"),
        (b"A=\xc3\xa9\xff\n", "app.env:1:4: not UTF-8"),
        (b"# \xff\n", "app.env:1:3: not UTF-8"),
        ("A=1\n".encode("utf-16"), "app.env:1:1: not UTF-8, it looks like UTF-16"),
        (b"A=x\0y\n", "app.env:1:4: a NUL byte"),
        (b"\nA=" + b"x" * 65534 + b"\n", "app.env:2:1: the line is longer than 64 KiB"),
    ],
)
def test_docker_rules_refuse_with_the_place(data: bytes, what: str) -> None:
    assert refusal(read_docker, data).what == what


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"A=1\n  =x\n", "app.env:2:3: the name is empty"),
        (b"A B=1\n", "app.env:1:2: a name holds no white space"),
        (b"A=1\n\texport B C=1\n", "app.env:2:10: a name holds no white space"),
        (b"A\tB=1\n", "app.env:1:2: a name holds no white space"),
        (b"A=1\nB%=1\n", "app.env:2:2: % can't stand in a name"),
        (b"A\x01=1\n", "app.env:1:2: '\\x01' can't stand in a name"),
        (b"A=1\nB", "app.env:2:1: a bare name on a last line that is not ended"),
        (b"A=1\nexport ", "app.env:2:8: the name is empty"),
        (b"export\n", "app.env:1:7: the name is empty"),
        (b"A='x\ny'\nB='z\n", "app.env:3:3: the ' is not closed"),
        (b'A="x\\"\n', 'app.env:1:3: the " is not closed'),
        (b"A=\xc3\xa9\xff\n", "app.env:1:4: not UTF-8"),
        ("A=1\n".encode("utf-16"), "app.env:1:1: not UTF-8, it looks like UTF-16"),
        (b"A=1\nB=x\0y\n", "app.env:2:4: a NUL byte"),
        (b'A="\\0000"\n', "app.env:1:4: the value holds a NUL byte"),
        (b"A=\nB=${A:?}\n", "app.env:2:3: A is required and empty"),
        (b"A=${B?set it first}\n", "app.env:1:3: B is required and not set: set it first"),
    ],
)
def test_compose_rules_refuse_with_the_place(data: bytes, what: str) -> None:
    assert refusal(compose, data).what == what


@pytest.mark.parametrize("value", ["${", "${}", "${1}", "${A", "${A!x}", "${A:x}"])
def test_compose_rules_refuse_a_broken_interpolation(value: str) -> None:
    error = refusal(compose, f"X={value}\n".encode())
    assert error.what.startswith("app.env:1:3: ${ is not followed by a name and a closing }")
    assert "$$" in error.fix


def test_a_brace_that_is_not_closed_is_told_where_it_stands() -> None:
    assert refusal(compose, b"X=${A:-${B}\n").what.startswith("app.env:1:8: ${ is not followed")


def test_a_default_that_spans_lines_is_refused_as_compose_does() -> None:
    assert "closing }" in refusal(compose, b'A="${X:-a\nb}"\n').what


def test_nesting_beyond_reason_is_refused() -> None:
    assert "closing }" in refusal(compose, b"A=" + b"${B:-" * 999 + b"}" * 999 + b"\n").what


@pytest.mark.parametrize("read", [read_docker, compose, read_dotenv])
def test_all_errors_of_a_file_come_at_once(read: Read) -> None:
    error = refusal(read, b"=1\nA=1\nB C=1\n=2\n")
    assert error.what.startswith("app.env:1:1:")
    assert error.why.startswith("also line 3:")
    assert "; line 4:1 " in error.why


def test_all_required_variables_that_are_not_set_come_at_once() -> None:
    error = refusal(compose, b"A=${B:?}/${C?}\nD=${E:?no E}\nF=$A\n")
    assert error.what == "app.env:1:3: B is required and not set"
    assert (
        error.why
        == "also line 1:10 C is required and not set; line 2:3 E is required and not set: no E"
    )


def test_a_flood_of_errors_is_cut() -> None:
    error = refusal(read_docker, b"=1\n" * 1000)
    assert error.why.endswith("; and 979 more")


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (read_docker, b"hunter2 x=1"),
        (read_docker, b"=hunter2"),
        (read_docker, b"A=hunter2\xff"),
        (compose, b"hunter2 x=1"),
        (compose, b"=hunter2"),
        (compose, b"hunter2/x=1"),
        (compose, b"A='hunter2"),
        (compose, b"A=hunter2${"),
        (compose, b"A=hunter2${B:?}hunter2"),
    ],
)
def test_no_error_shows_what_may_be_a_value(read: Read, line: bytes) -> None:
    assert "hunter2" not in str(refusal(read, line + b"\n"))


@pytest.mark.parametrize("read", [read_docker, compose, read_dotenv])
def test_entries_keep_order_and_line_and_hide_their_values(read: Read) -> None:
    entries = read(b"# c\nA=1\n\nUNSET\nA=2\n", ENVIRON).entries
    assert [(entry.key, entry.line) for entry in entries] == [("A", 2), ("UNSET", 4), ("A", 5)]
    assert entries[1].value is None
    assert "1" not in repr(entries[0].value)


_MARKS = b"A = : ' \" \\ $ { } ${ :- ? + # export \xef\xbb\xbf \xff \0 \xc3\xa9 \\0101"
_FRAGMENTS = st.sampled_from([*_MARKS.split(b" "), b" ", b"\n", b"\r", b"\t"])


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("${NO:?}", "1:3"),
        ("x${HOST}$$${NO:?}", "1:13"),
        ("${A:-${B-${NO?}}}", "1:12"),
        ('"${NO?}"', "1:4"),
        (r'"\n\"\$\0101${NO?}"', "1:15"),
        ('"x\n\\t\ny${NO?}"', "3:2"),
    ],
)
def test_a_fault_in_a_value_is_told_where_it_stands(value: str, place: str) -> None:
    error = refusal(compose, f"A={value}\nB={value}".encode())
    assert error.what == f"app.env:{place}: NO is required and not set"


# python-dotenv's rules


@pytest.mark.parametrize("data", DOTENV)
def test_dotenv_rules_give_what_python_dotenv_gives(data: bytes) -> None:
    assert values(read_dotenv(data, ENVIRON)) == DOTENV[data]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"A=1\n\n  =x\n", "app.env:3:3: the name is empty"),
        (b"export =x\n", "app.env:1:8: the name is empty"),
        (b"A B=1\n", "app.env:1:3: text behind a name without ="),
        (b"A: 1\n", "app.env:1:4: text behind a name without ="),
        (b"'A=1\n", "app.env:1:1: the ' is not closed"),
        (b"'A B'=1\n", "app.env:1:1: a name holds no white space and no ="),
        (b"A=1\n# c\n\nexport B = 'x\n", "app.env:4:12: the ' is not closed"),
        (b'A="x\\"\n', 'app.env:1:3: the " is not closed'),
        (b"A='x\ny' z\n", "app.env:2:4: text behind the closing '"),
        (b'A="x"y\n', 'app.env:1:6: text behind the closing "'),
        (b"A=\xc3\xa9\xff\n", "app.env:1:4: not UTF-8"),
        (b"A=1\nB=x\0y\n", "app.env:2:4: a NUL byte"),
    ],
)
def test_dotenv_rules_refuse_with_the_place(data: bytes, what: str) -> None:
    assert refusal(read_dotenv, data).what == what


def test_python_dotenv_warns_of_nothing_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    refusal(read_dotenv, b"=1\n=2\n")
    assert not caplog.records


# Any file at all


@pytest.mark.parametrize(
    ("read", "count"), [(read_docker, 100_000), (compose, 100_000), (read_dotenv, 20_000)]
)
def test_a_file_of_megabytes_is_read_to_its_end(read: Read, count: int) -> None:
    lines = [b"KEY_%06d='%s'\n" % (number, b"x" * 84) for number in range(count)]
    assert len(read(b"".join(lines), ENVIRON).values) == count
    problems = read(b"".join([*lines, b"=x\n" * 1000]), ENVIRON).problems
    assert [problem.line for problem in problems] == list(range(count + 1, count + 1001))


@pytest.mark.parametrize("read", [read_docker, compose, read_dotenv])
@given(data=st.one_of(st.binary(), st.lists(_FRAGMENTS).map(b"".join)))
def test_any_bytes_give_entries_or_problems_with_a_place(read: Read, data: bytes) -> None:
    reading = read(data, ENVIRON)
    last = data.count(b"\n") + data.count(b"\r") + 1
    for problem in reading.problems:
        assert 1 <= problem.line <= last
        assert 1 <= problem.column <= len(data) + 1
        assert problem.what
        assert problem.fix
    assert not reading.problems or reading.error("app.env").what.startswith("app.env:")
    for entry in reading.entries:
        assert entry.key
        assert 1 <= entry.line <= last


@given(data=st.one_of(st.text().map(str.encode), st.lists(_FRAGMENTS).map(b"".join)))
def test_dotenv_rules_are_python_dotenvs_own(data: bytes) -> None:
    reading = read_dotenv(data, ENVIRON)
    if reading.problems or data.startswith("\ufeff\ufeff".encode()):  # dk takes both away
        return
    with patch.dict(os.environ, ENVIRON, clear=True):
        theirs = dotenv_values(stream=StringIO(data.decode(), newline=None))
    assert reading.values == {key: value for key, value in theirs.items() if value is not None}
