"""Arguments, errors and the JSON document, through the door that users take."""

import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dk import __version__
from dk.cli import main
from dk.output.streams import Streams

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/reference/envelope.schema.json").read_text())
NO_ENGINE = {"DOCKER_HOST": "unix:///nonexistent/docker.sock", "HOME": "/nonexistent"}


def dk(line: str, **environ: str) -> tuple[int, str, str]:
    streams = Streams(io.StringIO(), io.StringIO(), io.StringIO())
    code = main(line.split(), streams, {**NO_ENGINE, **environ})
    assert isinstance(streams.stdout, io.StringIO)
    assert isinstance(streams.stderr, io.StringIO)
    return code, streams.stdout.getvalue(), streams.stderr.getvalue()


def document(line: str) -> dict[str, Any]:
    code, out, err = dk(line)
    assert err == ""
    parsed: dict[str, Any] = json.loads(out)
    jsonschema.validate(parsed, SCHEMA)
    assert parsed["exit_code"] == code
    return parsed


def test_dk_alone_shows_the_commands_with_examples() -> None:
    code, out, _ = dk("")
    assert code == 0
    assert out.index("dk run --env .env") < out.index("dk ps -a")


def test_the_version_is_printed() -> None:
    assert dk("--version") == (0, f"dk {__version__}\n", "")


ERRORS = {
    "rnu": (2, "dk: no command rnu\n    did you mean dk run?\n"),
    "ps --al": (2, "dk: dk ps has no option --al\n    did you mean --all?\n"),
    "ps --filter x": (
        2,
        "dk: dk ps does not have docker's --filter yet\n    use docker ps for it\n",
    ),
    "rm": (2, "dk: dk rm: NAME is missing\n    dk rm --help shows what there is\n"),
    "run": (125, "dk: dk run: IMAGE is missing\n    dk run --help shows what there is\n"),
    "run --use-api-socket img": (
        125,
        "dk: dk run does not have docker's --use-api-socket yet\n    use docker run for it\n",
    ),
    "run --cpus many img": (125, "dk: --cpus many: not a number of CPUs\n    e.g. --cpus 1.5\n"),
    "run --wait up -d img": (
        125,
        "dk: --wait up: nothing to wait for\n    one of running, healthy, exit\n",
    ),
    "run --wait running img": (
        125,
        "dk: --wait goes with -d\n    an attached container is followed to its end\n    add -d\n",
    ),
    "run --replace img": (
        125,
        (
            "dk: --replace takes the place of a container of that name, and there is no --name\n"
            "    add --name NAME\n"
        ),
    ),
    "run --publsih 1 img": (
        125,
        "dk: dk run has no option --publsih\n    did you mean --publish?\n",
    ),
    "run --init=perhaps img": (
        125,
        "dk: --init=perhaps: not true or false\n    --init or --init=false\n",
    ),
    "run -m": (
        125,
        "dk: option '-m' requires an argument\n    dk run --help shows what there is\n",
    ),
    "cheat --lang xx": (2, "dk: no cheat sheet in 'xx'\n    use --lang en or --lang ru\n"),
}


@pytest.mark.parametrize("line", ERRORS)
def test_a_bad_argument_is_one_clear_error(line: str) -> None:
    code, out, err = dk(line)
    assert (code, err) == ERRORS[line]
    assert out == ""


REFUSED_VALUES = [
    "-m 99999999999999g",
    "-p 99999:80", "-p x", "-p host:80:80", "-v rel:no", "-v /a:/b:bad", "-l =x", "-m 12x",
    "--restart sometimes", "--name -x", "-w rel", "--pull maybe", "-e =x", "-e ./missing.env",
    "--env-file /", "--network-alias x", "--rm --restart always",
]  # fmt: skip


@pytest.mark.parametrize("flags", REFUSED_VALUES)
def test_a_bad_value_of_run_is_refused_with_125_before_any_engine_is_asked(flags: str) -> None:
    code, out, err = dk(f"run {flags} img")
    assert code == 125
    assert out == ""
    assert err.startswith("dk: ")
    assert len(err.splitlines()) <= 3
    assert "no Docker engine" not in err


@pytest.mark.parametrize("image", ["UPPER", "a b", "x:", "-", "a" * 64, "x@sha256:1"])
def test_a_bad_image_reference_is_refused(image: str) -> None:
    streams = Streams(io.StringIO(), io.StringIO(), io.StringIO())
    assert main(["run", "--", image], streams, NO_ENGINE) == 125


@pytest.mark.parametrize(("line", "code"), [("ps", 3), ("rm x", 3), ("run img", 125)])
def test_without_an_engine_dk_says_what_was_tried(line: str, code: int) -> None:
    result, out, err = dk(line)
    assert (result, out) == (code, "")
    assert err.startswith("dk: no Docker engine at unix:///nonexistent/docker.sock")


@pytest.mark.parametrize(
    "line",
    [
        "ps --json", "--json ps", "rm --json x", "run --json img", "run --json -p x img",
        "rnu --json", "--json --nope", "cheat --json volume", "cheat --json zzzzz",
        "--json", "--version --json", "ps --json=true --nope",
        "ps --explain --json", "run --explain --json -e A=1 img", "engine run --json --dry-run x",
    ],
)  # fmt: skip
def test_with_json_stdout_is_one_document_errors_included(line: str) -> None:
    document(line)


def test_json_behind_the_image_belongs_to_the_container() -> None:
    _, out, err = dk("run img --json")
    assert out == ""
    assert err.startswith("dk: no Docker engine")


@pytest.mark.parametrize("line", ["--explain ps -a", "ps -a --explain", "ps --explain=true --all"])
def test_shared_options_stand_before_and_after_the_command(line: str) -> None:
    assert dk(line) == (0, "docker ps --all\n", "")


def test_run_is_explained_without_an_engine() -> None:
    code, out, err = dk("run --explain -d -p 80:80 -e TOKEN=s3cret img sh -c 'x'")
    assert code == 0
    assert out.splitlines()[-1].startswith("docker run -d -e TOKEN -p 80:80 img sh -c")
    assert "s3cret" not in out + err
    assert "no Docker engine" in err


def test_the_explained_line_has_what_shapes_the_answer() -> None:
    assert dk("ps -aq --explain")[1] == "docker ps --all --quiet\n"
    assert dk("run --explain --pull never img")[1] == "docker run --pull never img\n"


def test_the_explained_line_goes_to_the_engine_that_was_chosen() -> None:
    assert dk("-H tcp://prod:2375 ps --explain")[1] == "docker -H tcp://prod:2375 ps\n"
    assert dk("ps --context prod --explain")[1] == "docker --context prod ps\n"


def test_a_variable_that_docker_reads_is_never_to_be_exported() -> None:
    _, out, _ = dk("run --explain -e DOCKER_HOST=tcp://inner:1 -e A=1 img")
    assert "docker reads it too, so write the value in: DOCKER_HOST" in out
    assert "export first: A\n" in out
    assert "-e 'DOCKER_HOST=…' -e A img" in out


def test_secrets_are_printed_only_when_asked_for() -> None:
    _, out, _ = dk("run --explain --with-secrets -e TOKEN=s3cret img")
    assert out == "docker run -e TOKEN=s3cret img\n"


def test_a_mistake_in_dk_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("dk.commands.cheat.load", broken)
    code, out, err = dk("cheat")
    assert code == 1
    assert out == ""
    assert err.startswith("dk: a mistake in dk itself: ZeroDivisionError: oops\n")
    with pytest.raises(ZeroDivisionError):
        dk("cheat", DK_DEBUG="1")
