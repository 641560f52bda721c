"""Options that exclude each other are named before anything is fetched or made."""

import shlex
from typing import Any

import pytest
import typer

from dk.commands.run import app
from dk.errors import UsageError
from dk.spec.build import build_spec
from dk.spec.run_options import RUN_OPTIONS
from dk.spec.surroundings import Surroundings

CONFLICTS = {
    "--rm --restart always": "--rm and --restart exclude each other",
    "-d -a stdout": "-a and -d exclude each other",
    "--no-healthcheck --health-retries 3": "--no-healthcheck and --health-… exclude each other",
    "--log-driver none --log-opt a=b": "--log-driver none and --log-opt exclude each other",
    "--local -P": "--local and -P exclude each other",
    "--cpus 1 --cpu-quota 50000": "--cpus and --cpu-quota exclude each other",
    "--uts host -h box": "--uts host and --hostname exclude each other",
    "--disable-content-trust=false": "--disable-content-trust=false: dk checks no signatures",
    "-m 1m": "-m: less than 6 MB, which is the least",
    "--memory-swap 1g": "--memory-swap needs -m",
    "-m 1g --memory-swap 64m": "--memory-swap is less than -m",
    "-m 64m --memory-reservation 1g": "--memory-reservation is more than -m",
    "--network container:db -p 80": "-p and --network container:db exclude each other",
    "-v a1:/x -v b1:/x/": "/x is mounted twice",
    "--mount src=a1,dst=/x --tmpfs /x": "/x is mounted twice",
}
NO_CONFLICTS = (
    "--restart no --rm",
    "-m 64m --memory-swap -1",
    "-v a1:/x -v a1:/x --tmpfs /y --tmpfs /y:ro",
    "-v /x -v a1:/x",
    "--network container:db -e A=1",
    "--disable-content-trust",
)


def build(line: str) -> None:
    context = typer.main.get_command(app).make_context("run", [*shlex.split(line), "img"])
    values: dict[str, Any] = {each.field: context.params[each.field] for each in RUN_OPTIONS}
    build_spec("img", (), values, Surroundings("/work", {}, lambda _path: b""))


@pytest.mark.parametrize("line", CONFLICTS)
def test_options_that_exclude_each_other_are_named(line: str) -> None:
    with pytest.raises(UsageError) as caught:
        build(line)
    assert caught.value.what == CONFLICTS[line]
    assert caught.value.fix


@pytest.mark.parametrize("line", NO_CONFLICTS)
def test_what_docker_takes_together_is_taken(line: str) -> None:
    build(line)
