"""Docker's option syntax, as pflag reads it."""

import pytest
from typer.core import TyperOption

from dk.commands.docker_syntax import OptionalValueOption, normalize
from dk.errors import UsageError


def switch(*flags: str) -> TyperOption:
    option = TyperOption(param_decls=list(flags), is_flag=True)
    option.secondary_opts = [f"{flags[0]} false"]
    return option


OPTIONS = [
    switch("--init"),
    switch("--interactive", "-i"),
    switch("--tty", "-t"),
    switch("--detach", "-d"),
    TyperOption(param_decls=["--memory", "-m"]),
    TyperOption(param_decls=["--publish", "-p"], multiple=True),
    TyperOption(param_decls=["--env", "-e"], multiple=True),
    OptionalValueOption(param_decls=["--wait-port"]),
]

CASES = {
    "--wait-port img": ["--wait-port", "", "--", "img"],
    "--wait-port -d img": ["--wait-port", "", "-d", "--", "img"],
    "--wait-port 80 img": ["--wait-port", "80", "--", "img"],
    "--wait-port=80 img": ["--wait-port=80", "--", "img"],
    "--wait-port": ["--wait-port", ""],
    "-itm 64m img": ["-i", "-t", "-m", "64m", "--", "img"],
    "-itm64m img": ["-i", "-t", "-m", "64m", "--", "img"],
    "-itm=64m img": ["-i", "-t", "-m", "64m", "--", "img"],
    "-p=80:80 img": ["-p", "80:80", "--", "img"],
    "-p80:80 img": ["-p", "80:80", "--", "img"],
    "-e=A=1 img": ["-e", "A=1", "--", "img"],
    "-e A=1 img": ["-e", "A=1", "--", "img"],
    "-e= img": ["-e", "=", "--", "img"],  # as pflag: one sign alone is the value
    "--env=A=1 img": ["--env=A=1", "--", "img"],
    "-e -x img": ["-e", "-x", "--", "img"],
    "--env --init img": ["--env", "--init", "--", "img"],
    "--init=false img": ["--init false", "--", "img"],
    "--init=1 img": ["--init", "--", "img"],
    "-d=false img": ["--detach false", "--", "img"],
    "-id=F img": ["-i", "--detach false", "--", "img"],
    "--init img --init=false -p=1": ["--init", "--", "img", "--init=false", "-p=1"],
    "-- img -p=1": ["--", "img", "-p=1"],
    "-iXt img": ["-i", "-Xt", "--", "img"],  # unknown: left for the error that names it
    "--nope=1 img": ["--nope=1", "--", "img"],
    "-p": ["-p"],
}


@pytest.mark.parametrize("line", CASES)
def test_each_form_is_read_as_docker_reads_it(line: str) -> None:
    assert normalize(line.split(), OPTIONS, interspersed=False) == CASES[line]


def test_options_behind_arguments_are_read_where_the_command_takes_them_there() -> None:
    assert normalize(["a", "-it", "b"], OPTIONS, interspersed=True) == ["a", "-i", "-t", "b"]


def test_a_switch_takes_only_true_or_false() -> None:
    with pytest.raises(UsageError, match="--init=maybe"):
        normalize(["--init=maybe"], OPTIONS, interspersed=False)
