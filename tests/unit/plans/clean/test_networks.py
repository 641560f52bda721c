"""Which networks go: those of Compose and of dk that no container is configured for."""

import pytest

from tests.unit.plans.clean.scene import (
    clean,
    container,
    kept,
    network,
    page,
    removed,
    shown,
    waits,
)

BUILT_IN = ("bridge", "host", "none", "docker_gwbridge", "podman")


def test_networks_of_compose_and_of_dk_go_those_made_by_hand_stay() -> None:
    plan = clean(
        network("shop_default", project="shop", made="3d"),
        network("app-net", labels={"dk.made-by": "dk run"}, made="4d"),
        network("mine"),
    )
    assert shown(plan) == page("""
        networks (2)
          NAME              AGE   SIZE   UNDO   WHY
          shop_default   3 days          full   unused, of project shop
          app-net        4 days          full   unused, made by dk
        keep 1 network: made by hand (-a takes it)
        to remove: 2 networks
        """)
    assert plan.question == "Remove 2?"


def test_a_takes_those_made_by_hand() -> None:
    assert removed(clean(network("mine"), everything=True)) == ["mine"]


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_network_that_the_engine_came_with_is_not_even_mentioned(name: str) -> None:
    assert shown(clean(network(name, project="shop"), everything=True)) == "nothing to remove"


def test_neither_is_the_ingress_of_a_swarm_whatever_its_name() -> None:
    plan = clean(network("my-ingress", ingress=True, scope="swarm"), everything=True)
    assert shown(plan) == "nothing to remove"


@pytest.mark.parametrize("scope", ["swarm", "global"])
def test_networks_of_a_swarm_stay(scope: str) -> None:
    assert kept(clean(network("overlay", scope=scope), everything=True)) == {
        "overlay": "of a swarm"
    }


@pytest.mark.parametrize("state", ["running", "paused", "created", "exited", "dead"])
@pytest.mark.parametrize("said", ["shop_default", "id-shop_default"])
def test_what_any_container_that_stays_is_configured_for_stays(state: str, said: str) -> None:
    shop = network("shop_default", project="shop")
    for user in (
        container("db", state=state, restart="always", networks=f"other {said}"),
        container("db", state=state, restart="always", network_mode=said),
    ):
        plan = clean(user, shop)
        assert removed(plan) == []
        assert kept(plan)["shop_default"] == "in use by db"


def test_a_stopped_container_that_nobody_asked_to_clean_keeps_its_network() -> None:
    job = container("job", exited="3d", networks="shop_default")
    plan = clean(job, network("shop_default", project="shop"), kinds="networks")
    assert kept(plan) == {"shop_default": "in use by job"}


def test_the_network_of_a_container_that_goes_goes_after_it() -> None:
    plan = clean(
        container("one", exited="3d", networks="shop_default"),
        container("two", exited="3d", network_mode="id-shop_default"),
        network("shop_default", project="shop"),
    )
    assert removed(plan) == ["one", "two", "shop_default"]
    assert waits(plan) == {"shop_default": ["one", "two"]}


def test_a_network_whose_configuration_another_takes_stays() -> None:
    plan = clean(
        network("eth0-config"),
        network("eth0-net", config_from="eth0-config"),
        everything=True,
    )
    assert removed(plan) == ["eth0-net"]
    assert kept(plan) == {"eth0-config": "another network takes its configuration"}


def test_a_configuration_that_none_takes_goes_with_a() -> None:
    assert removed(clean(network("eth0-config"), everything=True)) == ["eth0-config"]


@pytest.mark.parametrize("known_as", ["shop_default", "id-shop_default"])
def test_one_that_was_used_just_now_stays(known_as: str) -> None:
    shop = network("shop_default", project="shop")
    assert removed(clean(shop, uses={known_as: "1m"})) == []


def test_one_that_was_made_just_now_stays() -> None:
    assert removed(clean(network("shop_default", project="shop", made="1m"))) == []
