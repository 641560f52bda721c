"""`dk __complete` and `dk completion`, as the shells' scripts and their users call them."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer._click.core import Command, Context

from dk.cli import app, main
from dk.commands.base import DkCommand, DkGroup
from dk.engine.names import KINDS
from dk.output.streams import Streams

NO_ENGINE = {"DOCKER_HOST": "unix:///nonexistent/docker.sock", "HOME": "/nonexistent"}


def dk(*argv: str, **environ: str) -> tuple[int, str, str]:
    streams = Streams(io.StringIO(), io.StringIO(), io.StringIO())
    code = main(argv, streams, {**NO_ENGINE, **environ})
    assert isinstance(streams.stdout, io.StringIO)
    assert isinstance(streams.stderr, io.StringIO)
    return code, streams.stdout.getvalue(), streams.stderr.getvalue()


def offered(*words: str, **environ: str) -> list[str]:
    code, out, err = dk("__complete", "zsh", *words, **environ)
    assert (code, err) == (0, "")
    return [line.partition("\t")[0] for line in out.splitlines()[1:]]


def commands(command: Command) -> Iterator[DkCommand]:
    if isinstance(command, DkCommand):
        yield command
    if isinstance(command, DkGroup):
        context = Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below)


ALL_COMMANDS = list(commands(typer.main.get_command(app)))
SOURCES = {*KINDS, "context", "topic", "env", "file", "folder", "command", ""}


@pytest.mark.parametrize("command", ALL_COMMANDS, ids=lambda command: command.name)
def test_what_completes_a_parameter_is_known(command: DkCommand) -> None:
    assert set(command.completes) <= {param.name for param in command.params}
    for source in command.completes.values():
        assert source in SOURCES or source.startswith("choice:")


def test_commands_and_groups_are_descended() -> None:
    assert {"run", "ps", "rm", "completion"} <= set(offered(""))
    assert offered("engine", "r") == ["run"]
    assert offered("nope", "") == []
    assert offered("ps", "x", "") == []


def test_options_are_the_commands_own_and_the_shared_ones() -> None:
    found = offered("rm", "--")
    assert {"--force", "--volumes", "--context", "--help"} <= set(found)
    assert "--publish" not in found
    assert "--publish" in offered("run", "--")
    assert offered("run", "img", "--pu") == []


def test_variables_are_offered_by_name_alone() -> None:
    environ = {"TOKEN": "s3cret", "BASH_FUNC_TO%%": "() {}"}
    _, out, _ = dk("__complete", "fish", "run", "-e", "TO", **environ)
    assert out.splitlines()[1:] == ["TOKEN\t"]


def test_contexts_are_read_from_dockers_files(tmp_path: Path) -> None:
    for name in ("prod", "stage"):
        folder = tmp_path / "contexts" / "meta" / name
        folder.mkdir(parents=True)
        (folder / "meta.json").write_text(json.dumps({"Name": name}))
    assert offered("--context", "", DOCKER_CONFIG=str(tmp_path)) == ["default", "prod", "stage"]
    assert offered("ps", "--context=s", DOCKER_CONFIG=str(tmp_path)) == ["stage"]
    (tmp_path / "contexts" / "meta" / "prod" / "meta.json").write_text("{")
    assert offered("--context", "", DOCKER_CONFIG=str(tmp_path)) == []


@pytest.mark.parametrize(
    "words",
    [
        ("rm", ""), ("run", ""), ("run", "--network", ""), ("run", "-v", ""),
        ("--context", "nope", "rm", ""), ("-H", "nonsense://x", "rm", ""),
        ("-H", "tcp://a..b", "rm", ""), ("-H", "x", "--context", "y", "rm", ""),
    ],
    ids=" ".join,
)  # fmt: skip
def test_where_no_engine_answers_nothing_is_said(words: tuple[str, ...]) -> None:
    assert offered(*words) == []


def test_a_broken_config_is_not_complained_about(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    assert offered("rm", "", DOCKER_CONFIG=str(tmp_path), DOCKER_HOST="") == []


def test_the_question_is_the_scripts_alone() -> None:
    code, out, err = dk("__complete", "tcsh", "x")
    assert (code, out) == (2, "")
    assert "dk completion --help" in err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_printed_for_each_shell(shell: str) -> None:
    code, out, err = dk("completion", shell)
    assert (code, err) == (0, "")
    assert f"dk __complete {shell}" in out
    document = json.loads(dk("completion", shell, "--json")[1])
    assert document["rows"] == [{"shell": shell, "script": out}]
    assert dk("completion", shell, "--explain")[1] == f"docker completion {shell}\n"


def test_another_shell_is_refused() -> None:
    assert dk("completion", "tcsh")[::2] == (
        2, "dk: no completion for tcsh\n    there is: bash, zsh, fish\n",
    )  # fmt: skip
