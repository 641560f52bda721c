"""Env files by docker's rules and by Compose's.

The tables' values are what `docker create --env-file` and `docker compose config` give.
"""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.env_file import EnvEntry, parse_compose, parse_docker

Parse = Callable[[bytes, str, Mapping[str, str]], list[EnvEntry]]

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


def values(entries: list[EnvEntry]) -> dict[str, str]:
    return {entry.key: entry.value.reveal() for entry in entries if entry.value is not None}


def refusal(parse: Parse, data: bytes) -> UsageError:
    with pytest.raises(UsageError) as error:
        parse(data, "app.env", ENVIRON)
    return error.value


@pytest.mark.parametrize("data", DOCKER)
def test_docker_rules_give_what_docker_gives(data: bytes) -> None:
    assert values(parse_docker(data, "app.env", ENVIRON)) == DOCKER[data]


@pytest.mark.parametrize("data", COMPOSE)
def test_compose_rules_give_what_compose_gives(data: bytes) -> None:
    assert values(parse_compose(data, "app.env", ENVIRON)) == COMPOSE[data]


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
        (b"A=x\0y\n", "app.env:1:1: the line holds a NUL byte"),
        (b"\nA=" + b"x" * 65534 + b"\n", "app.env:2:1: the line is longer than 64 KiB"),
    ],
)
def test_docker_rules_refuse_with_the_place(data: bytes, what: str) -> None:
    assert refusal(parse_docker, data).what == what


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
        (b"A=1\nB=x\0y\n", "app.env:2:4: the file holds a NUL byte"),
        (b'A="\\0000"\n', "app.env:1:3: the value holds a NUL byte"),
        (b"A=\nB=${A:?}\n", "app.env:2:3: A is required and empty"),
        (b"A=${B?set it first}\n", "app.env:1:3: B is required and not set: set it first"),
    ],
)
def test_compose_rules_refuse_with_the_place(data: bytes, what: str) -> None:
    assert refusal(parse_compose, data).what == what


@pytest.mark.parametrize("value", ["${", "${}", "${1}", "${A", "${A!x}", "${A:x}", "${A:-${B}"])
def test_compose_rules_refuse_a_broken_interpolation(value: str) -> None:
    error = refusal(parse_compose, f"X={value}\n".encode())
    assert error.what.startswith("app.env:1:3: ${ is not followed by a name and a closing }")
    assert "$$" in error.fix


def test_a_default_that_spans_lines_is_refused_as_compose_does() -> None:
    assert "closing }" in refusal(parse_compose, b'A="${X:-a\nb}"\n').what


def test_nesting_beyond_reason_is_refused() -> None:
    assert "closing }" in refusal(parse_compose, b"A=" + b"${B:-" * 999 + b"}" * 999 + b"\n").what


@pytest.mark.parametrize("parse", [parse_docker, parse_compose])
def test_all_errors_of_a_file_come_at_once(parse: Parse) -> None:
    error = refusal(parse, b"=1\nA=1\nB C=1\n=2\n")
    assert error.what.startswith("app.env:1:1:")
    assert error.why.startswith("also line 3:2 ")
    assert "; line 4:1 " in error.why


def test_all_required_variables_that_are_not_set_come_at_once() -> None:
    error = refusal(parse_compose, b"A=${B:?}/${C?}\nD=${E:?no E}\nF=$A\n")
    assert error.what == "app.env:1:3: B is required and not set"
    assert (
        error.why
        == "also line 1:3 C is required and not set; line 2:3 E is required and not set: no E"
    )


def test_a_flood_of_errors_is_cut() -> None:
    error = refusal(parse_docker, b"=1\n" * 1000)
    assert error.why.endswith("; and 979 more")


@pytest.mark.parametrize(
    ("parse", "line"),
    [
        (parse_docker, b"hunter2 x=1"),
        (parse_docker, b"=hunter2"),
        (parse_docker, b"A=hunter2\xff"),
        (parse_compose, b"hunter2 x=1"),
        (parse_compose, b"=hunter2"),
        (parse_compose, b"hunter2/x=1"),
        (parse_compose, b"A='hunter2"),
        (parse_compose, b"A=hunter2${"),
        (parse_compose, b"A=hunter2${B:?}hunter2"),
    ],
)
def test_no_error_shows_what_may_be_a_value(parse: Parse, line: bytes) -> None:
    assert "hunter2" not in str(refusal(parse, line + b"\n"))


@pytest.mark.parametrize("parse", [parse_docker, parse_compose])
def test_entries_keep_order_and_line_and_hide_their_values(parse: Parse) -> None:
    entries = parse(b"# c\nA=1\n\nUNSET\nA=2\n", "app.env", ENVIRON)
    assert [(entry.key, entry.line) for entry in entries] == [("A", 2), ("UNSET", 4), ("A", 5)]
    assert entries[1].value is None
    assert "1" not in repr(entries[0].value)


_MARKS = b"A = : ' \" \\ $ { } ${ :- ? + # export \xef\xbb\xbf \xff \0 \xc3\xa9 \\0101"
_FRAGMENTS = st.sampled_from([*_MARKS.split(b" "), b" ", b"\n", b"\r", b"\t"])


@pytest.mark.parametrize("parse", [parse_docker, parse_compose])
@given(data=st.one_of(st.binary(), st.lists(_FRAGMENTS).map(b"".join)))
def test_any_bytes_give_entries_or_a_usage_error_with_a_place(parse: Parse, data: bytes) -> None:
    try:
        entries = parse(data, "app.env", ENVIRON)
    except UsageError as error:
        name, line, column, _ = error.what.split(":", 3)
        assert name == "app.env"
        assert 1 <= int(line) <= data.count(b"\n") + 1
        assert 1 <= int(column) <= len(data) + 1
        return
    for entry in entries:
        assert entry.key
        assert 1 <= entry.line <= data.count(b"\n") + 1
