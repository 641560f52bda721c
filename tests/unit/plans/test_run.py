"""What `dk run` does before the container starts, and what it refuses."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dk.errors import DkError
from dk.model import Container, Listener, Network, PublishedPort
from dk.plan import Plan
from dk.plans.run import RunState, plan_run
from dk.spec.container import ContainerSpec
from dk.spec.port import parse_port

NETWORKS = tuple(
    Network(digits * 64, name, "bridge")
    for digits, name in {"1": "bridge", "2": "host", "d": "backend"}.items()
)
WEB = Container(
    id="w" * 64,
    name="web",
    image="nginx",
    image_id="",
    state="running",
    status="Up 2 hours",
    created=datetime(2026, 1, 1, tzinfo=UTC),
    ports=(PublishedPort(80, "tcp", "0.0.0.0", 8080), PublishedPort(53, "udp", "127.0.0.1", 53)),
)
SPEC = ContainerSpec(image="app")


def steps(plan: Plan) -> list[str]:
    return [f"{operation.verb} {operation.target.name}" for operation in plan.operations]


def ports(*texts: str) -> ContainerSpec:
    return replace(SPEC, ports=tuple(port for text in texts for port in parse_port(text)))


def test_an_image_that_is_here_is_not_fetched() -> None:
    assert steps(plan_run(SPEC, "missing", RunState())) == ["run container a new container of app"]


@pytest.mark.parametrize(("pull", "here"), [("missing", False), ("always", True)])
def test_a_missing_image_or_pull_always_fetches_it_first(pull: str, here: bool) -> None:
    plan = plan_run(SPEC, pull, RunState(image_is_here=here))
    assert steps(plan)[0] == "pull image app"


def test_pull_never_offers_the_nearest_local_name() -> None:
    state = RunState(image_is_here=False, local_images=("db:1", "busybox:latest"))
    with pytest.raises(DkError) as caught:
        plan_run(replace(SPEC, image="busybxo"), "never", state)
    assert caught.value.fix == "did you mean busybox?"


def test_a_missing_network_is_made_before_the_container() -> None:
    plan = plan_run(replace(SPEC, network="web"), "missing", RunState(networks=NETWORKS))
    assert steps(plan)[0] == "create network web"
    assert plan.transaction


@pytest.mark.parametrize("name", ["backend", "d" * 64, "d" * 12])
def test_a_network_that_is_there_is_used(name: str) -> None:
    plan = plan_run(replace(SPEC, network=name), "missing", RunState(networks=NETWORKS))
    assert len(plan.operations) == 1


@pytest.mark.parametrize("name", ["bridge", "host", "none", "default", "container:web"])
def test_dockers_own_networks_are_never_made(name: str) -> None:
    plan = plan_run(replace(SPEC, network=name), "missing", RunState(networks=()))
    assert len(plan.operations) == 1


def test_a_slip_of_an_existing_network_is_refused() -> None:
    with pytest.raises(DkError) as caught:
        plan_run(replace(SPEC, network="bakcend"), "missing", RunState(networks=NETWORKS))
    assert "there is backend" in caught.value.what
    assert "docker network create bakcend" in caught.value.fix


@pytest.mark.parametrize("name", ["backend2", "nn", "front", "dd"])
def test_a_name_of_its_own_is_no_slip(name: str) -> None:
    networks = (*NETWORKS, Network("x", "backend1", "bridge"), Network("n", "none", "null"))
    plan = plan_run(replace(SPEC, network=name), "missing", RunState(networks=networks[1:]))
    assert steps(plan)[0] == f"create network {name}"


def test_a_name_in_use_is_said_with_its_holder() -> None:
    with pytest.raises(DkError) as caught:
        plan_run(replace(SPEC, name="web"), "missing", RunState(containers=(WEB,)))
    assert str(caught.value) == (
        "the name web is in use\n"
        "by a container of nginx: up 2 hours\n"
        "dk rm -f web to remove that one, or choose another --name"
    )


TAKEN = {
    "8080:80": ("container web (8080->80)", "-p 8081:80"),
    "127.0.0.1:8080:80": ("container web (8080->80)", "-p 127.0.0.1:8081:80"),
    "53:53/udp": ("container web (53->53)", "-p 54:53/udp"),
    "3306:3306": ("mysqld (process 77)", "-p 3308:3306"),  # 3307 is taken too
    "127.0.0.1:3307:1": ("a process of another user", "-p 127.0.0.1:3308:1"),
}
LISTENERS = (
    Listener("127.0.0.1", 3306, "tcp", "mysqld", 77),
    Listener("::", 3307, "tcp"),
    Listener("127.0.0.1", 9000, "tcp", "php", 9),
)


@pytest.mark.parametrize("text", TAKEN)
def test_a_taken_port_is_said_with_its_holder_and_the_next_free_one(text: str) -> None:
    state = RunState(containers=(WEB,), listeners=LISTENERS)
    with pytest.raises(DkError) as caught:
        plan_run(ports(text), "missing", state)
    holder, free = TAKEN[text]
    assert caught.value.why == f"by {holder}"
    assert caught.value.fix == f"the next free one: {free}"


@pytest.mark.parametrize(
    "text",
    [
        "80",
        "0:80",
        "8081:80",
        "8080:80/udp",
        "127.0.0.2:9000:80",
        "8080-8090:80",
        "127.0.0.2:53:53/udp",
    ],
)
def test_a_free_port_and_one_that_the_engine_picks_are_no_problem(text: str) -> None:
    state = RunState(containers=(WEB,), listeners=LISTENERS)
    assert plan_run(ports(text), "missing", state).operations


def test_no_port_beyond_the_last_is_offered() -> None:
    state = RunState(listeners=(Listener("0.0.0.0", 65535, "tcp"),))
    with pytest.raises(DkError) as caught:
        plan_run(ports("65535:80"), "missing", state)
    assert caught.value.fix == "choose a lower one"


def test_a_port_asked_for_twice_is_found_before_the_engine_trips_over_it() -> None:
    with pytest.raises(DkError, match="asked for twice"):
        plan_run(ports("8080:80", "8080:81"), "missing", RunState())
    assert plan_run(ports("8080:80", "8080:80/udp"), "missing", RunState()).operations
    assert plan_run(ports("0.0.0.0:1:1", "[::]:1:1"), "missing", RunState()).operations
    assert plan_run(ports("127.0.0.1:1:1", "127.0.0.2:1:1"), "missing", RunState()).operations
