"""Which volumes go: none that was not asked for, no named one but by a glob."""

import pytest

from dk.model import Volume
from tests.unit.plans.clean.scene import (
    anonymous,
    clean,
    container,
    kept,
    page,
    removed,
    running,
    shown,
    volume,
)

BEFORE_LABELS = (1, 41)
HEX = "0123456789abcdef" * 4


def test_unused_anonymous_volumes_go_and_are_lost() -> None:
    plan = clean(anonymous("a", made="3d"), volume("data"))
    assert shown(plan) == page("""
        volumes (1)
          NAME               AGE     SIZE   UNDO   WHY
          aaaaaaaaaaaa…   3 days   1.0 MB   no     anonymous, unused
        keep 1 volume: named (--named-volumes GLOB takes it)
        to remove: 1 volume; frees ≈ 1.0 MB of files
        """)
    assert plan.question == "Remove 1? 1 can't be undone."


def test_a_volume_that_nobody_asked_for_is_not_touched() -> None:
    plan = clean(
        anonymous("a"), volume("data"), kinds="containers images networks cache", everything=True,
        named_volumes="data",
    )  # fmt: skip
    assert shown(plan) == "nothing to remove"


def test_a_named_volume_goes_by_a_glob_only() -> None:
    plan = clean(
        volume("shop_data"), volume("shop_cache"), volume("mine"),
        named_volumes="shop_c* other", everything=True,
    )  # fmt: skip
    assert shown(plan) == page("""
        volumes (1)
          NAME               AGE     SIZE   UNDO   WHY
          shop_cache   10 months   1.0 MB   no     named, unused
        keep 2 volumes: named (--named-volumes GLOB takes it)
        to remove: 1 volume; frees ≈ 1.0 MB of files
        """)


@pytest.mark.parametrize("state", ["running", "paused", "created", "exited", "dead"])
def test_a_volume_of_any_container_stays(state: str) -> None:
    user = container("db", state=state, volumes="data " + "a" * 64, restart="always")
    plan = clean(user, anonymous("a"), volume("data"), named_volumes="*", grace="0")
    assert removed(plan) == []
    assert kept(plan)["data"] == "in use by db"


def test_a_volume_that_loses_its_container_in_this_run_stays() -> None:
    job = container("job", exited="3d", volumes="data " + "a" * 64)
    plan = clean(job, anonymous("a"), volume("data"), named_volumes="*")
    assert removed(plan) == ["job"]
    assert kept(plan) == {
        "a" * 64: "its container goes only now: job",
        "data": "its container goes only now: job",
    }


def test_from_api_1_42_on_the_engines_label_tells_what_is_anonymous() -> None:
    by_label, by_name = volume("x", labels={"com.docker.volume.anonymous": ""}), volume(HEX)
    assert removed(clean(by_label, by_name)) == ["x"]


def test_before_api_1_42_the_name_tells_what_is_anonymous() -> None:
    by_label, by_name = volume("x", labels={"com.docker.volume.anonymous": ""}), volume(HEX)
    assert removed(clean(by_label, by_name, api=BEFORE_LABELS)) == [HEX]


@pytest.mark.parametrize(
    "named",
    [
        volume(HEX[1:]),
        volume(HEX + "0"),
        volume(HEX.upper()),
        volume(HEX, driver="nfs"),
        volume(HEX, labels={"team": "core"}),
    ],
)
def test_before_api_1_42_whatever_else_is_named(named: Volume) -> None:
    assert removed(clean(named, api=BEFORE_LABELS)) == []


def test_a_volume_that_was_used_or_made_just_now_stays() -> None:
    assert removed(clean(anonymous("a", made="1m"), anonymous("b"), uses={"b" * 64: "1m"})) == []


def test_a_running_containers_volume_is_known_by_its_whole_name() -> None:
    plan = clean(running("db", volumes="data-2"), volume("data"), named_volumes="data")
    assert removed(plan) == ["data"]
