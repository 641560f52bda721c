"""How a plan whose targets dk chose is shown, and what became of it."""

from dataclasses import replace
from inspect import cleandoc

import pytest

from dk.errors import DkError
from dk.operations.container import RemoveContainer
from dk.operations.image import RemoveImage
from dk.operations.volume import RemoveVolume
from dk.output.inventory import bytes_of, done, inventory, kept, summary, total
from dk.output.table import cell_width
from dk.plan import Done, Freed, Kept, Operation, Outcome, Plan, Prediction, Result, Status, Undo

JOB = RemoveContainer(
    id="id-job", name="job", age="3 days", undo=Undo.CONFIG, cause="exited 3 days ago, code 137"
)
APP = RemoveImage(id="id-app", name="app:1", age="9 months", size=7_200_000, cause="dangling")
VOLUME = RemoveVolume(name="a" * 64, size=0, cause="anonymous, unused")
PLAN = Plan(operations=(JOB, VOLUME, APP), prediction=Prediction(7_200_000))
KEPT = (
    Kept("container", "web", "id-web", "running"),
    Kept("container", "db", "id-db", "running"),
    Kept("image", "nginx:1", "id-nginx", "in use", "by web"),
    Kept("cache", "step", "id-step", "in use"),
)


def text(plan: Plan, width: int | None = 100) -> str:
    return "\n".join(inventory(plan, width, colour=False))


def result(*statuses: Status | None, freed: Freed | None = None, plan: Plan = PLAN) -> Result:
    """What became of each operation of a plan; None is what was not begun."""
    outcomes = []
    for operation, status in zip(plan.operations, statuses, strict=True):
        error = DkError("no") if status is Status.FAILED else None
        over = Done() if status in {Status.DONE, Status.SKIPPED} else None
        outcomes.append(
            Outcome(
                operation=operation,
                status=status or Status.SKIPPED,
                reason="" if status else "interrupted",
                done=over,
                error=error,
            )
        )
    return Result(plan, tuple(outcomes), freed=freed)


def test_each_item_is_shown_by_kind_with_age_size_undo_and_reason() -> None:
    assert text(PLAN) == cleandoc("""
        containers (1)
          NAME                 AGE     SIZE   UNDO          WHY
          job               3 days            config only   exited 3 days ago, code 137
        volumes (1)
          aaaaaaaaaaaa…          ?      0 B   no            anonymous, unused
        images (1)
          app:1           9 months   7.2 MB   no            dangling
        to remove: 1 container, 1 volume, 1 image; frees 7.2 MB exactly
        """)


def test_with_nothing_to_remove_it_says_so() -> None:
    assert text(Plan(operations=(), prediction=Prediction(0))) == "nothing to remove"


def test_what_stays_is_a_line_for_each_kind_and_rule() -> None:
    assert list(kept(KEPT, itemised=False, colour=False)) == [
        "keep 2 containers: running",
        "keep 1 image: in use",
        "keep 1 cache record: in use",
    ]


def test_what_stays_can_be_shown_one_by_one() -> None:
    assert text(Plan(operations=(), kept=KEPT, shows_kept=True)) == cleandoc("""
        keep container web: running
        keep container db: running
        keep image nginx:1: in use by web
        keep cache step: in use
        nothing to remove
        """)


def test_where_it_is_too_narrow_the_reason_has_a_line_of_its_own() -> None:
    assert text(PLAN, 50) == cleandoc("""
        containers (1)
          NAME                 AGE     SIZE   UNDO
          job               3 days            config only
              exited 3 days ago, code 137
        volumes (1)
          aaaaaaaaaaaa…          ?      0 B   no
              anonymous, unused
        images (1)
          app:1           9 months   7.2 MB   no
              dangling
        to remove: 1 container, 1 volume, 1 image; frees 7.2 MB exactly
        """)


@pytest.mark.parametrize("width", range(60, 130, 7))
def test_a_line_of_an_item_is_never_wider_than_the_terminal(width: int) -> None:
    long = replace(APP, name="registry.example.com/team/" + "app-" * 20 + ":1")
    lines = text(Plan(operations=(JOB, long)), width).splitlines()
    assert max(map(cell_width, lines)) <= width


def test_in_a_pipe_every_name_is_whole_and_the_reason_on_its_line() -> None:
    name = "registry.example.com/team/" + "app-" * 40 + ":1"
    lines = text(Plan(operations=(replace(APP, name=name),)), None).splitlines()
    assert f"{name}   9 months   7.2 MB   no     dangling" in lines[2]


def test_only_the_name_of_an_anonymous_volume_is_shortened() -> None:
    assert "a" * 63 + " " in text(Plan(operations=(replace(VOLUME, name="a" * 63),)), None)


def test_control_characters_are_made_visible_everywhere() -> None:
    name, reason = "a\x1b[31m", "by b\x1b[2J"
    job = replace(JOB, name=name, cause=reason)
    stays = Kept("image", name, "id", reason)
    for shows_kept in (False, True):
        plan = Plan(operations=(job,), kept=(stays,), shows_kept=shows_kept)
        assert "\x1b" not in text(plan) + text(plan, 30)
    over = Outcome(operation=job, status=Status.DONE, done=Done())
    assert list(done(Result(Plan(operations=(job,)), (over,)))) == [
        r"removed container a\x1b[31m: by b\x1b[2J"
    ]


def test_colour_changes_no_word() -> None:
    plan = replace(PLAN, kept=KEPT)
    coloured = "\n".join(inventory(plan, 100, colour=True))
    assert coloured != text(plan)
    for code in ("\x1b[1m", "\x1b[2m", "\x1b[0m"):
        coloured = coloured.replace(code, "")
    assert coloured == text(plan)


def test_the_total_counts_by_kind() -> None:
    second = replace(JOB, id="id-two")
    assert total(Plan(operations=(JOB, second, APP))) == "to remove: 2 containers, 1 image"


def test_bytes_that_may_differ_are_marked_with_the_reason() -> None:
    assert bytes_of(Prediction(1_500)) == "2 kB exactly"
    assert bytes_of(Prediction(0)) == "0 B exactly"
    assert bytes_of(Prediction(3 * 10**9, "Podman counts otherwise")) == (
        "≈ 3.0 GB (Podman counts otherwise)"
    )


def test_what_is_gone_is_told_with_its_reason_what_is_not_is_not() -> None:
    over = result(Status.DONE, Status.SKIPPED, Status.FAILED)
    assert list(done(over)) == ["removed container job: exited 3 days ago, code 137"]


def test_the_summary_has_predicted_and_measured_side_by_side() -> None:
    over = result(Status.DONE, Status.DONE, Status.DONE, freed=Freed(7_200_000, 9_000_000))
    assert summary(over) == (
        "removed 3 of 3; predicted 7.2 MB exactly; the engine measured 7.2 MB;"
        " the file system gave back 9.0 MB"
    )


def test_the_summary_leaves_out_what_cannot_be_known() -> None:
    over = result(Status.DONE, Status.DONE, Status.DONE, freed=Freed())
    assert summary(over) == "removed 3 of 3; predicted 7.2 MB exactly"
    assert summary(replace(over, plan=replace(PLAN, prediction=None))) == "removed 3 of 3"


def test_the_summary_counts_what_was_not_done() -> None:
    over = result(Status.DONE, Status.SKIPPED, Status.FAILED, plan=replace(PLAN, prediction=None))
    assert summary(over) == "removed 1 of 3, 1 skipped, 1 failed"


def test_the_summary_says_what_is_left_and_why() -> None:
    over = result(Status.DONE, None, None, plan=replace(PLAN, prediction=None))
    assert summary(over) == "removed 1 of 3, 2 left (interrupted)"


def test_the_prediction_of_a_plan_without_images_is_nothing() -> None:
    operations: tuple[Operation, ...] = (JOB,)
    assert total(Plan(operations=operations, prediction=Prediction(0))) == (
        "to remove: 1 container"
    )
