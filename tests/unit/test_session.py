"""When dk asks, what it takes for an answer, and what it does where nobody can answer."""

import io
from dataclasses import dataclass, field

import pytest

from dk.engine.context import Target
from dk.errors import DkError, UsageError
from dk.executor import Progress
from dk.operations.container import RemoveContainer
from dk.options import SharedOptions
from dk.output.streams import Streams
from dk.plan import Check, Done, Operation, Plan
from dk.session import Session

PLAN = Plan(
    operations=tuple(
        RemoveContainer(id=name, name=name, cause="exited 3 days ago") for name in ("a", "b")
    ),
    question="Remove 2?",
)
SHOWN = [
    "engine unix:///x (context default)",
    "containers (2)",
    "  NAME   AGE   SIZE   UNDO   WHY",
    "  a        ?          no     exited 3 days ago",
    "  b        ?          no     exited 3 days ago",
    "to remove: 2 containers",
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@dataclass
class Applier:
    applied: list[str] = field(default_factory=list)

    def check(self, _operation: Operation) -> Check:
        return Check()

    def apply(self, operation: Operation, _progress: Progress) -> Done:
        self.applied.append(operation.target.name)
        return Done(printed=operation.target.name)

    def undo(self, operation: Operation, _done: Done) -> None:
        raise AssertionError(operation)


@dataclass
class Call:
    code: int
    out: str
    err: str
    applied: list[str]


def carry_out(
    plan: Plan = PLAN,
    *,
    answer: str | None = None,
    environ: dict[str, str] | None = None,
    also_found: tuple[str, ...] = (),
    options: SharedOptions | None = None,
) -> Call:
    """With an `answer` stdin and stderr are terminals."""
    stdin, err = (Terminal(answer), Terminal()) if answer is not None else (io.StringIO(),) * 2
    out = io.StringIO()
    session = Session(Streams(stdin, out, err), environ or {}, options or SharedOptions())
    session.options.no_color = True
    session.output.target = Target("unix:///x", also_found=also_found)
    applier = Applier()
    code = session.carry_out(plan, applier)
    return Call(code, out.getvalue(), err.getvalue(), sorted(applier.applied))


@pytest.mark.parametrize("answer", ["y\n", "yes\n", " Y \n"])
def test_the_plan_is_shown_before_the_question_and_done_at_yes(answer: str) -> None:
    call = carry_out(answer=answer)
    assert call.err.splitlines()[:6] == SHOWN
    assert "Remove 2? [y/N] " in call.err
    assert (call.code, call.applied) == (0, ["a", "b"])
    assert call.out.splitlines() == [
        "removed container a: exited 3 days ago",
        "removed container b: exited 3 days ago",
    ]


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "yep\n"])
def test_anything_but_yes_does_nothing(answer: str) -> None:
    call = carry_out(answer=answer)
    assert (call.code, call.applied, call.out) == (1, [], "")
    assert call.err.endswith("nothing done\n")


@pytest.mark.parametrize(("answer", "environ"), [(None, {}), ("y\n", {"CI": "true"})])
def test_where_nobody_can_answer_the_plan_is_printed_and_nothing_done(
    answer: str | None, environ: dict[str, str]
) -> None:
    call = carry_out(answer=answer, environ=environ)
    assert (call.code, call.applied) == (2, [])
    assert call.out.splitlines() == SHOWN
    assert "add -y to do it" in call.err


def test_yes_in_advance_asks_nothing() -> None:
    call = carry_out(options=SharedOptions(yes=True))
    assert (call.code, call.applied, call.err) == (0, ["a", "b"], "removed 2 of 2\n")


def test_nothing_to_remove_is_said() -> None:
    call = carry_out(Plan(operations=(), question="Remove 0?"))
    assert (call.code, call.err) == (0, "")
    assert call.out.splitlines()[-1] == "nothing to remove"


def test_a_plan_without_a_question_is_done_at_once() -> None:
    plan = Plan(operations=PLAN.operations)
    assert carry_out(plan).applied == ["a", "b"]


def test_yes_does_not_destroy_on_one_of_several_engines_that_were_found() -> None:
    with pytest.raises(UsageError) as caught:
        carry_out(options=SharedOptions(yes=True), also_found=("Podman: unix:///p",))
    assert "Podman: unix:///p" in caught.value.why
    assert caught.value.fix == "choose one with -H ADDRESS or --context NAME"


@pytest.mark.parametrize("option", ["dry_run", "explain"])
def test_dry_run_and_explain_do_nothing_even_with_yes(option: str) -> None:
    options = SharedOptions(yes=True)
    setattr(options, option, True)
    call = carry_out(options=options)
    assert (call.code, call.applied, call.err) == (0, [], "")
    expected = SHOWN if option == "dry_run" else ["docker rm a", "docker rm b"]
    assert call.out.splitlines() == expected


@pytest.mark.parametrize(
    "options", [SharedOptions(), SharedOptions(dry_run=True), SharedOptions(explain=True)]
)
def test_what_was_refused_is_said_and_fails(options: SharedOptions) -> None:
    plan = Plan(operations=PLAN.operations[:1], refused=(DkError("c is running", fix="stop it"),))
    call = carry_out(plan, options=options)
    assert call.code == 1
    assert call.err == "dk: c is running\n    stop it\n"
