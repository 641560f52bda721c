"""A container's environment: where it comes from, what is sent, how docker would be told."""

import shlex
from pathlib import Path

import pytest

from dk.errors import UsageError
from dk.files import read_file
from dk.spec.env_sources import read_environment
from dk.spec.environment import Source, Variable, assignments, docker_words, hints

FILES = {
    "./plain.env": b"A=1\nB=two\n",
    "./rich.env": b'A="1"\nexport B=${HOST}\n',
    "docker.env": b'A="1"\n',
}
ENVIRON = {"HOST": "here", "TOKEN": "t0p", "HOME": "/home/me"}


def opened(path: str) -> bytes:
    try:
        return FILES[path]
    except KeyError:
        raise UsageError(f"can't read {path}", "no such file or directory") from FileNotFoundError()


def read(
    *env: str, files: tuple[str, ...] = (), env_format: str | None = None
) -> tuple[Source, ...]:
    return read_environment(files, env, ENVIRON, opened, env_format)


def sent(*env: str, files: tuple[str, ...] = (), env_format: str | None = None) -> list[str]:
    return list(assignments(read(*env, files=files, env_format=env_format)))


def notices(data: bytes, *, option: str = "--env-file", env_format: str | None = None) -> list[str]:
    env, files = ((), ("./x.env",)) if option == "--env-file" else (("./x.env",), ())
    sources = read_environment(files, env, ENVIRON, lambda _: data, env_format)
    return list(hints(sources, lambda _: False))


def words(*env: str, files: tuple[str, ...] = (), env_format: str | None = None) -> str:
    return shlex.join(map(str, docker_words(read(*env, files=files, env_format=env_format))[0]))


def notes(*env: str, env_format: str | None = None) -> list[str]:
    return docker_words(read(*env, env_format=env_format))[1]


def test_later_wins_and_files_of_dockers_kind_come_first_as_in_docker() -> None:
    assert sent("A=cli", "./rich.env", "TOKEN", files=("docker.env",)) == [
        'A="1"',
        "A=1",
        "B=here",
        "TOKEN=t0p",
    ]


def test_a_variable_that_is_not_set_unsets_the_images_own_as_in_docker() -> None:
    assert sent("NOPE", "EMPTY=") == ["NOPE", "EMPTY="]


def test_a_file_stays_a_file_where_docker_reads_it_the_same() -> None:
    assert words("./plain.env") == "--env-file ./plain.env"
    assert words("./rich.env") == "-e A -e B"
    assert notes("./rich.env") == ["from ./rich.env, by Compose's rules; export first: A B"]


def test_a_file_behind_an_e_can_not_move_in_front_of_it() -> None:
    assert words("A=0", "./plain.env") == "-e A -e B"
    assert words("C=0", "./plain.env") == "-e C -e A -e B"


def test_only_the_last_of_several_settings_is_passed_by_name() -> None:
    assert words("A=0", "./rich.env", "B=3") == "-e A -e B"
    source = docker_words(read("A=0", "./rich.env", "B=3"))[0]
    assert [w.reveal() for w in source if not isinstance(w, str)] == ["A=1", "B=3"]


def test_values_are_secrets() -> None:
    text = repr(read("TOKEN", "A=hunter2", "./rich.env"))
    assert "t0p" not in text
    assert "hunter2" not in text
    assert "here" not in text


def test_a_home_folder_is_the_users() -> None:
    FILES["/home/me/x.env"] = b"A=1"
    assert words("~/x.env") == "--env-file /home/me/x.env"


@pytest.mark.parametrize("text", ["=1", "=", ""])
def test_a_variable_without_a_name_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="without a name"):
        read(text)


def test_an_unset_variable_beside_a_file_of_its_name_gets_a_hint() -> None:
    hint = "-e app.env: not set; to read the file of that name: -e ./app.env"
    assert list(hints(read("app.env", "TOKEN", "A=1"), lambda _: True)) == [hint]
    assert list(hints(read("app.env"), lambda _: False)) == []


def test_a_name_that_no_shell_exports_is_given_with_env() -> None:
    assert notes("A=1", "with.dot=1", "A B=2")[1:] == [
        (
            "values of -e; no shell exports such a name, so begin the line with: env --"
            " 'with.dot=…' 'A B=…'"
        ),
    ]


# --env-format


def test_a_format_overrides_the_rules_of_both_options() -> None:
    FILES["./f.env"] = b"A='${HOST}'\n"
    for rules, value in {"docker": "'${HOST}'", "compose": "${HOST}", "dotenv": "here"}.items():
        assert sent(files=("./f.env",), env_format=rules) == [f"A={value}"]
        assert sent("./f.env", env_format=rules) == [f"A={value}"]


def test_a_file_is_explained_by_the_rules_it_was_read_by() -> None:
    FILES["./f.env"] = b"A='x'\n"
    assert words("./f.env", env_format="docker") == "--env-file ./f.env"
    assert words(files=("./f.env",), env_format="compose") == "-e A"
    assert notes("./f.env", env_format="dotenv") == [
        "from ./f.env, by python-dotenv's rules; export first: A"
    ]


@pytest.mark.parametrize("text", ["", "Compose", "raw", "docker,compose"])
def test_an_unknown_format_is_refused_even_without_a_file(text: str) -> None:
    with pytest.raises(UsageError, match="--env-format") as error:
        read(env_format=text)
    assert error.value.fix == "--env-format compose, docker or dotenv"


# Files that may be missing


def test_an_optional_file_may_be_missing() -> None:
    assert sent("?./no.env", "?/no.env", "?~/no.env", "A=1", files=("?no.env",)) == ["A=1"]
    assert words("?./no.env", "A=1", files=("?no.env",)) == "-e A"


def test_an_optional_file_that_is_there_is_named_as_docker_wants_it() -> None:
    assert words("?./plain.env", files=("?docker.env",)) == (
        "--env-file docker.env --env-file ./plain.env"
    )


def test_only_a_missing_file_may_be_missing(tmp_path: Path) -> None:
    (tmp_path / "bad.env").write_bytes(b"=1\n")
    for name, what in {
        "": "is a folder",
        "bad.env": "name before = is empty",
        "bad.env/x": "can't read",
        "x" * 300: "can't read",
    }.items():
        with pytest.raises(UsageError, match=what):
            read_environment((f"?{tmp_path}/{name}",), (), ENVIRON, read_file)
    assert read_environment((f"?{tmp_path}/none",), (), ENVIRON, read_file) == ()
    with pytest.raises(UsageError, match="can't read"):
        read_environment((f"{tmp_path}/none",), (), ENVIRON, read_file)


def test_a_mark_before_anything_but_a_file_is_part_of_the_name_as_in_docker() -> None:
    assert sent("?A=1") == ["?A=1"]


@pytest.mark.parametrize("text", ["", "?"])
def test_a_file_without_a_name_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="env file without a name"):
        read(files=(text,))


# Several files


def test_a_file_sees_what_was_set_before_it() -> None:
    FILES["./first.env"], FILES["./second.env"] = b"A=file\n", b"B=${A:?}\nC=${D-}$HOST\n"
    assert sent("./first.env", "D=own", "./second.env")[2:] == ["B=file", "C=ownhere"]


def test_all_that_is_wrong_with_all_files_comes_at_once() -> None:
    FILES["./a.env"] = b"A=${NO:?}\nB=${NOT?}\n"
    FILES["./b.env"] = b"C=$A${B:?}\nD=${LAST:?x}\nZ=\nE=${Z:?}"
    with pytest.raises(UsageError) as raised:
        read("./a.env", "=x", "./none.env", "./b.env", files=("./none",))
    error = raised.value
    assert error.what == "can't read ./none"
    assert error.why.split("; ") == [
        "no such file or directory",
        "also ./a.env:1:3: NO is required and not set, also line 2:3 NOT is required and not set",
        "also -e: a variable without a name",
        "also can't read ./none.env, no such file or directory",
        "also ./b.env:2:3: LAST is required and not set: x, also line 4:3 Z is required and empty",
    ]


# Notices


@pytest.mark.parametrize(
    ("data", "kept", "named"),
    [
        (b"A=1\nPASSWORD='hunter2'\n", "quotes", "PASSWORD (line 2)"),
        (b"A=1 # one\nB=1#\n", '" #"', "A (line 1)"),
        (b"A=pa$word\nB=pa$$word\n", "$", "A (line 1), B (line 2)"),
        (b"A= x\nB=y \n", "blanks", "A (line 1), B (line 2)"),
        (b"B=$HOST\nA='x' # y\n", 'quotes, " #" and $', "B (line 1), A (line 2)"),
        (b"A='x\nB=y'\n", "quotes", "A (line 1)"),
        (b"A='x'\nB=%s\n" % (b"${"), "quotes and $", "A (line 1), B (line 2)"),
        (b"".join(b"A%d=''\n" % n for n in range(7)), "quotes", "A4 (line 5) and 2 more"),
    ],
)
def test_values_that_compose_reads_otherwise_get_one_notice(
    data: bytes, kept: str, named: str
) -> None:
    [notice] = notices(data)
    assert notice.startswith(f"./x.env: docker's rules keep {kept} as part of the value;")
    assert f"{named} otherwise (--env-format compose)" in notice
    assert "hunter2" not in notice


def test_values_that_docker_reads_otherwise_get_one_notice() -> None:
    [notice] = notices(b"A=1\nB='x'\nC=\"y\"\n", option="-e")
    assert notice == (
        "./x.env: read by Compose's rules; docker's would keep quotes in B (line 2), C (line 3)"
    )


@pytest.mark.parametrize("option", ["--env-file", "-e"])
@pytest.mark.parametrize(
    "data", [b"A=1\nB=a b\n# 'c' # $d\n", b"HOST\nUNSET\n", b"A=x#y\nB=a'b'\nC=$\n", b""]
)
def test_a_file_that_both_read_the_same_gets_no_notice(data: bytes, option: str) -> None:
    assert not notices(data, option=option)


def test_a_file_that_docker_refuses_has_no_other_values() -> None:
    assert not notices(b"export A=1\nB='x'\n", option="-e")


@pytest.mark.parametrize("rules", ["docker", "compose", "dotenv"])
@pytest.mark.parametrize("option", ["--env-file", "-e"])
def test_rules_that_were_asked_for_get_no_notice(rules: str, option: str) -> None:
    assert not notices(b"A='x' # y\n", option=option, env_format=rules)


@pytest.mark.parametrize("rules", [None, "docker", "compose", "dotenv"])
def test_a_name_that_is_set_twice_gets_one_notice(rules: str | None) -> None:
    [notice] = notices(b"A=1\nB=2\nA=3\nC\nC\nB=2\n", env_format=rules)
    assert notice == (
        "./x.env: set more than once, the last one counts: A (lines 1, 3), B (lines 2, 6)"
    )


def test_a_file_that_is_named_twice_is_told_of_once() -> None:
    FILES["twice.env"] = b"A=1\nA='2'\n"
    assert len(list(hints(read(files=("twice.env", "twice.env")), lambda _: False))) == 2


def test_a_value_does_not_show_where_a_variable_was_taken_for_a_file() -> None:
    def absent(path: str) -> bytes:
        raise UsageError(f"can't read {path}")

    with pytest.raises(UsageError) as caught:
        read_environment((), ("/TOKEN=hunter2",), {}, absent)
    assert "hunter2" not in str(caught.value)
    (variable,) = read_environment((), (".TOKEN=hunter2",), {}, absent)
    assert isinstance(variable, Variable)
