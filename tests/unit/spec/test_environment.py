"""A container's environment: where it comes from, what is sent, how docker would be told."""

import shlex

import pytest

from dk.errors import UsageError
from dk.spec.environment import Source, assignments, docker_words, hints, read_environment

FILES = {
    "./plain.env": b"A=1\nB=two\n",
    "./rich.env": b'A="1"\nexport B=${HOST}\n',
    "docker.env": b'A="1"\n',
}
ENVIRON = {"HOST": "here", "TOKEN": "t0p", "HOME": "/home/me"}


def read(*env: str, files: tuple[str, ...] = ()) -> tuple[Source, ...]:
    return read_environment(files, env, ENVIRON, lambda path: FILES[path])


def words(*env: str, files: tuple[str, ...] = ()) -> str:
    return shlex.join(map(str, docker_words(read(*env, files=files))[0]))


def notes(*env: str) -> list[str]:
    return docker_words(read(*env))[1]


def test_later_wins_and_files_of_dockers_kind_come_first_as_in_docker() -> None:
    sent = list(assignments(read("A=cli", "./rich.env", "TOKEN", files=("docker.env",))))
    assert sent == ['A="1"', "A=1", "B=here", "TOKEN=t0p"]


def test_a_variable_that_is_not_set_unsets_the_images_own_as_in_docker() -> None:
    assert list(assignments(read("NOPE", "EMPTY="))) == ["NOPE", "EMPTY="]


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
        "your own value; no shell exports such a name, so begin the line with: env -- 'with.dot=…'",
        "your own value; no shell exports such a name, so begin the line with: env -- 'A B=…'",
    ]
