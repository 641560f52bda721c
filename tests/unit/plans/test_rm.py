"""Which of the named containers `dk rm` removes."""

from datetime import UTC, datetime

import pytest

from dk.errors import DkError
from dk.model import Container
from dk.plan import Plan
from dk.plans.rm import plan_rm


def container(name: str, identity: str, state: str = "exited") -> Container:
    return Container(
        id=identity.ljust(64, "0"),
        name=name,
        image="img",
        image_id="",
        state=state,
        status=f"{state} 3 minutes ago",
        created=datetime(2026, 1, 1, tzinfo=UTC),
    )


WEB = container("web", "aaaa1")
DB = container("db", "aaaa2", "running")
CACHE = container("cache", "bbbb", "created")
ALL = (WEB, DB, CACHE)


def plan(*names: str, force: bool = False) -> Plan:
    return plan_rm(names, ALL, force=force, volumes=False)


def removed(plan: Plan) -> list[str]:
    return [operation.target.name for operation in plan.operations]


def test_names_ids_and_unique_beginnings_of_ids_are_found() -> None:
    assert removed(plan("web", "/cache")) == ["web", "cache"]
    assert removed(plan(WEB.id)) == ["web"]
    assert removed(plan("bb", "aaaa1")) == ["cache", "web"]


def test_a_container_named_twice_is_removed_once() -> None:
    assert removed(plan("web", "aaaa1", WEB.id)) == ["web"]


def test_a_running_one_is_refused_with_the_way_to_do_it() -> None:
    result = plan("web", "db")
    assert removed(result) == ["web"]
    (error,) = result.refused
    assert error.what == "db is running"
    assert error.fix == "docker stop db, or dk rm -f db to kill it"


def test_force_takes_the_running_one_and_only_mentions_the_missing_one() -> None:
    result = plan("db", "nope", force=True)
    assert removed(result) == ["db"]
    assert not result.refused
    assert result.notices == ("no container nope: nothing to remove",)


def test_a_missing_one_is_refused_with_the_nearest_name() -> None:
    assert plan("wbe").refused[0].fix == "did you mean web?"


def test_the_beginning_of_several_ids_removes_nothing() -> None:
    with pytest.raises(DkError, match="aaaa is the beginning of 2 ids"):
        plan("aaaa")


def test_an_empty_name_is_no_beginning_of_an_id() -> None:
    assert not plan("").operations


def test_the_plan_removes_by_id_and_explains_by_name() -> None:
    (operation,) = plan("db", force=True).operations
    assert operation.target.id == DB.id
    assert [command.argv for command in operation.docker()] == [("docker", "rm", "--force", "db")]
