"""Which containers go: stopped ones that nothing is likely to start again."""

from dataclasses import replace

import pytest

from tests.unit.plans.clean.scene import (
    clean,
    container,
    image,
    kept,
    page,
    removed,
    running,
    shown,
    undo,
)

SERVICE = {"com.docker.compose.project": "shop", "com.docker.compose.service": "db"}


def test_stopped_containers_go_and_say_how_they_ended() -> None:
    plan = clean(
        container("job", exited="3d", code=137),
        container("crash", dead="5h", code=1),
        container("never", created="2d"),
        running("web"),
    )
    assert shown(plan) == page("""
        containers (3)
          NAME        AGE   SIZE   UNDO          WHY
          job      3 days          config only   exited 3 days ago, code 137
          crash   5 hours          config only   died 5 hours ago, code 1
          never    2 days          config only   created 2 days ago, never started
        keep 1 container: running
        to remove: 3 containers
        """)
    assert plan.question == "Remove 3?"


@pytest.mark.parametrize("state", ["running", "paused", "restarting", "removing", "stopping"])
def test_what_is_not_stopped_stays_even_with_a(state: str) -> None:
    plan = clean(container("web", state=state), everything=True, grace="0")
    assert shown(plan) == f"keep 1 container: {state}\nnothing to remove"


def test_a_container_that_went_while_dk_looked_is_left_alone() -> None:
    gone = replace(container("job", exited="3d"), end=None)
    assert kept(clean(gone)) == {"job": "gone meanwhile"}


def test_what_ended_just_now_stays_however_long_ago_it_was_made() -> None:
    assert shown(clean(container("job", exited="9m"))) == page("""
        keep 1 container: younger than 10m (--grace)
        nothing to remove
        """)
    assert removed(clean(container("job", exited="10m"))) == ["job"]


def test_what_was_made_just_now_stays() -> None:
    assert kept(clean(container("copy", created="1m"))) == {"copy": "younger than 10m (--grace)"}
    assert removed(clean(container("copy", created="1m"), grace="0")) == ["copy"]


@pytest.mark.parametrize("policy", ["always", "unless-stopped"])
def test_what_the_engine_starts_again_goes_with_a_only(policy: str) -> None:
    db = container("db", exited="3d", restart=policy)
    assert shown(clean(db)) == page("""
        keep 1 container: meant to start again: its restart policy (-a takes it)
        nothing to remove
        """)
    assert removed(clean(db, everything=True)) == ["db"]


def test_one_that_is_started_again_on_failure_only_goes() -> None:
    assert removed(clean(container("job", exited="3d", restart="on-failure"))) == ["job"]


def test_a_stopped_service_of_compose_goes_with_a_only() -> None:
    db = container("shop-db-1", exited="3d", labels=SERVICE)
    assert shown(clean(db)) == page("""
        keep 1 container: a service of a Compose project (-a takes it)
        nothing to remove
        """)
    assert removed(clean(db, everything=True)) == ["shop-db-1"]


def test_a_one_off_run_of_a_compose_service_goes() -> None:
    labels = {**SERVICE, "com.docker.compose.oneoff": "True"}
    assert removed(clean(container("shop-db-run-1", exited="3d", labels=labels))) == [
        "shop-db-run-1"
    ]
    labels["com.docker.compose.oneoff"] = "False"
    assert not removed(clean(container("shop-db-1", exited="3d", labels=labels)))


def test_a_container_can_come_back_while_its_image_stays() -> None:
    job = container("job", exited="3d", image="app:1")
    plan = clean(job, image("app:1"))
    assert shown(plan) == page("""
        containers (1)
          NAME      AGE   SIZE   UNDO          WHY
          job    3 days          config only   exited 3 days ago, code 0
        keep 1 image: has a tag (-a takes it)
        to remove: 1 container
        """)


def test_a_container_whose_image_is_only_here_and_goes_too_is_lost() -> None:
    job = container("job", exited="3d", image="app:1")
    plan = clean(job, image("app:1"), everything=True)
    assert shown(plan) == page("""
        containers (1)
          NAME          AGE     SIZE   UNDO   WHY
          job        3 days            no     exited 3 days ago, code 0
        images (1)
          app:1   10 months   1.0 MB   no     no container uses it
        to remove: 1 container, 1 image; frees 1.0 MB exactly
        """)
    assert plan.question == "Remove 2? 2 can't be undone."


def test_a_container_whose_image_can_be_pulled_again_can_come_back() -> None:
    job = container("job", exited="3d", image="nginx:1")
    plan = clean(job, image("nginx:1", pulled_from="nginx"), everything=True)
    assert undo(plan) == {"job": "config only", "nginx:1": "full"}
    assert plan.question == "Remove 2?"


def test_a_container_whose_image_is_not_there_any_more_is_lost() -> None:
    plan = clean(container("job", exited="3d", image="gone:1"), kinds="containers images")
    assert plan.question == "Remove 1? 1 can't be undone."


def test_a_container_whose_network_another_one_shares_stays() -> None:
    proxy = container("vpn", exited="3d")
    sharing = container("web", state="running", network_mode="container:id-vpn")
    plan = clean(proxy, sharing, everything=True)
    assert removed(plan) == []
    assert kept(plan)["vpn"] == "its network is also that of web"
