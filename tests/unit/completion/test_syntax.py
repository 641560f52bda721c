"""Where the cursor is on a line, by docker's option syntax."""

import pytest

from dk.completion.syntax import COMMANDS, OPTIONS, SWITCH, Argument, Option, Syntax, locate

RUN = Syntax(
    options=[
        Option("interactive", ("--interactive", "-i")),
        Option("tty", ("--tty", "-t")),
        Option("volume", ("--volume", "-v"), takes_value=True, completes="volume"),
        Option("pull", ("--pull",), takes_value=True, completes="choice:always,never"),
        Option("wait_port", ("--wait-port",), takes_value=True, may_lack=True),
        Option("context", ("--context",), takes_value=True, completes="context"),
    ],
    arguments=[Argument("image"), Argument("", many=True)],
    options_end_at_argument=True,
)
RM = Syntax(options=RUN.options, arguments=[Argument("container", many=True)])
GROUP = Syntax(options=RUN.options, commands={"run": "", "rm": ""})


@pytest.mark.parametrize(
    ("words", "completes", "prefix", "text"),
    [
        ([""], "image", "", ""),
        (["-i", "al"], "image", "", "al"),
        (["-"], OPTIONS, "", "-"),
        (["--pu"], OPTIONS, "", "--pu"),
        (["--pull"], OPTIONS, "", "--pull"),
        (["--pull", ""], "choice:always,never", "", ""),
        (["--pull", "--al"], "choice:always,never", "", "--al"),
        (["--pull=al"], "choice:always,never", "--pull=", "al"),
        (["-v", "da"], "volume", "", "da"),
        (["-v"], OPTIONS, "", "-v"),
        (["-vda"], "volume", "-v", "da"),
        (["-v="], "volume", "-v=", ""),
        (["-v=da"], "volume", "-v=", "da"),
        (["-itv", "da"], "volume", "", "da"),
        (["-itvda"], "volume", "-itv", "da"),
        (["-it", "al"], "image", "", "al"),
        (["--interactive=f"], SWITCH, "--interactive=", "f"),
        (["-i=f"], SWITCH, "-i=", "f"),
        (["--nope", "x"], "image", "", "x"),
        (["--nope=x"], OPTIONS, "", "--nope=x"),
        (["--", "-x"], "image", "", "-x"),
        (["-v", "--", ""], "image", "", ""),
        (["--wait-port", ""], "image", "", ""),
        (["--wait-port", "80", ""], "image", "", ""),
        (["--wait-port", "--pull", ""], "choice:always,never", "", ""),
        (["img", "--pu"], "", "", "--pu"),
        (["img", "sh", "-v", "da"], "", "", "da"),
    ],
)
def test_the_word_at_the_cursor_is_known(
    words: list[str], completes: str, prefix: str, text: str
) -> None:
    spot = locate(RUN, words)
    assert (spot.completes, spot.prefix, spot.text) == (completes, prefix, text)


def test_options_may_follow_arguments_where_the_command_lets_them() -> None:
    assert locate(RM, ["web", "-"]).completes == OPTIONS
    assert locate(RM, ["web", "--", "-"]).completes == "container"
    assert locate(RM, ["web", "-v", "x", "db"]).arguments == ("web",)


def test_a_group_takes_options_then_a_command_and_leaves_it_the_rest() -> None:
    assert locate(GROUP, ["--context", "a", "r"]).completes == COMMANDS
    spot = locate(GROUP, ["--context", "a", "rm", "--context=b", "w"])
    assert (spot.command, spot.rest) == ("rm", ("--context=b", "w"))
    assert spot.said == {"context": "a"}
    assert locate(RM, spot.rest).said == {"context": "b"}
