"""What `dk run` does before the container starts, and what it refuses."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dk.errors import DkError
from dk.model import Container, Listener, Network, PublishedPort
from dk.plan import Plan
from dk.plans.run import plan_run
from dk.plans.run_state import RunState, RunWishes
from dk.spec.container import ContainerSpec
from dk.spec.mount import parse_volume
from dk.spec.network_attachment import NetworkAttachment
from dk.spec.port import parse_port
from dk.spec.wait import WaitFor

NETWORKS = tuple(
    Network(id=digits * 64, name=name, driver="bridge")
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


def network(*names: str) -> ContainerSpec:
    return replace(SPEC, networks=tuple(NetworkAttachment(name) for name in names))


def test_an_image_that_is_here_is_not_fetched() -> None:
    assert steps(plan_run(SPEC, RunWishes(), RunState())) == ["run container of app"]


@pytest.mark.parametrize(("pull", "here"), [("missing", False), ("always", True)])
def test_a_missing_image_or_pull_always_fetches_it_first(pull: str, here: bool) -> None:
    plan = plan_run(SPEC, RunWishes(pull=pull), RunState(image_is_here=here))
    assert steps(plan)[0] == "pull image app"


def test_pull_never_offers_the_nearest_local_name() -> None:
    state = RunState(image_is_here=False, local_images=("db:1", "busybox:latest"))
    with pytest.raises(DkError) as caught:
        plan_run(replace(SPEC, image="busybxo"), RunWishes(pull="never"), state)
    assert caught.value.fix == "did you mean busybox?"


def test_a_missing_network_is_made_before_the_container() -> None:
    plan = plan_run(network("web"), RunWishes(), RunState(networks=NETWORKS))
    assert steps(plan)[0] == "create network web"
    assert plan.transaction


@pytest.mark.parametrize("name", ["backend", "d" * 64, "d" * 12])
def test_a_network_that_is_there_is_used(name: str) -> None:
    plan = plan_run(network(name), RunWishes(), RunState(networks=NETWORKS))
    assert len(plan.operations) == 1


@pytest.mark.parametrize("name", ["bridge", "host", "none", "default", "container:web"])
def test_dockers_own_networks_are_never_made(name: str) -> None:
    plan = plan_run(network(name), RunWishes(), RunState(networks=()))
    assert len(plan.operations) == 1


def test_a_slip_of_an_existing_network_is_refused() -> None:
    with pytest.raises(DkError) as caught:
        plan_run(network("bakcend"), RunWishes(), RunState(networks=NETWORKS))
    assert "there is backend" in caught.value.what
    assert "docker network create bakcend" in caught.value.fix


@pytest.mark.parametrize("name", ["backend2", "nn", "front", "dd", "one", "hosts"])
def test_a_name_of_its_own_is_no_slip(name: str) -> None:
    networks = (
        *NETWORKS,
        Network(id="x", name="backend1", driver="bridge"),
        Network(id="n", name="none", driver="null"),
    )
    plan = plan_run(network(name), RunWishes(), RunState(networks=networks[1:]))
    assert steps(plan)[0] == f"create network {name}"


def test_a_name_in_use_is_said_with_its_holder() -> None:
    with pytest.raises(DkError) as caught:
        plan_run(replace(SPEC, name="web"), RunWishes(), RunState(containers=(WEB,)))
    assert str(caught.value) == (
        "the name web is in use\n"
        "by a container of nginx: up 2 hours\n"
        "--replace to take its place, dk rm -f web to remove it, or another --name"
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
        plan_run(ports(text), RunWishes(), state)
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
    assert plan_run(ports(text), RunWishes(), state).operations


def test_no_port_beyond_the_last_is_offered() -> None:
    state = RunState(listeners=(Listener("0.0.0.0", 65535, "tcp"),))
    with pytest.raises(DkError) as caught:
        plan_run(ports("65535:80"), RunWishes(), state)
    assert caught.value.fix == "choose a lower one"


def test_a_port_asked_for_twice_is_found_before_the_engine_trips_over_it() -> None:
    with pytest.raises(DkError, match="asked for twice"):
        plan_run(ports("8080:80", "8080:81"), RunWishes(), RunState())
    assert plan_run(ports("8080:80", "8080:80/udp"), RunWishes(), RunState()).operations
    assert plan_run(ports("0.0.0.0:1:1", "[::]:1:1"), RunWishes(), RunState()).operations
    assert plan_run(ports("127.0.0.1:1:1", "127.0.0.2:1:1"), RunWishes(), RunState()).operations


def test_each_missing_network_is_made() -> None:
    plan = plan_run(network("front", "backend", "queue"), RunWishes(), RunState(networks=NETWORKS))
    assert steps(plan)[:-1] == ["create network front", "create network queue"]


def test_an_image_for_another_platform_is_fetched_for_that_one() -> None:
    spec = replace(SPEC, platform="linux/arm64")
    plan = plan_run(spec, RunWishes(), RunState(image_is_here=False))
    pull, _ = plan.operations
    assert pull.docker()[0].argv == ("docker", "pull", "--platform", "linux/arm64", "app")
    assert pull.cause == "not here yet for linux/arm64"


OLD = replace(WEB, id="a" * 64)


def lines(plan: Plan) -> list[str]:
    commands = [command for operation in plan.operations for command in operation.docker()]
    return [" ".join(map(str, command.argv)) for command in commands if command.argv]


def test_replace_takes_the_name_and_the_ports_of_the_container_that_has_them() -> None:
    spec = replace(ports("8080:80"), name="web", detach=True)
    proxy = Listener("0.0.0.0", 8080, "tcp", "docker-proxy", 5)
    state = RunState(containers=(OLD,), listeners=(proxy,))
    plan = plan_run(spec, RunWishes(replace=True), state)
    assert plan.operations[0].cause == (
        "of app, takes the place of a container of nginx, up 2 hours, opens 8080:80"
    )
    assert lines(plan) == [
        "docker rename web web-replaced-aaaaaaaaaaaa",
        "docker stop web-replaced-aaaaaaaaaaaa",
        "docker run -d --name web -p 8080:80 app",
        "docker rm web-replaced-aaaaaaaaaaaa",
    ]
    assert not [notice for notice in plan.notices if "come back" in notice]


def test_replace_stops_nothing_that_has_stopped() -> None:
    ended = replace(OLD, state="exited", status="Exited (0) 2 hours ago", ports=())
    spec = replace(SPEC, name="web", detach=True)
    plan = plan_run(spec, RunWishes(replace=True), RunState(containers=(ended,)))
    assert not [line for line in lines(plan) if "stop" in line]


def test_replace_says_what_can_not_come_back() -> None:
    spec = replace(SPEC, name="web", detach=True)
    state = RunState(containers=(OLD,), named_removes_itself=True)
    plan = plan_run(spec, RunWishes(replace=True), state)
    assert "can't come back" in plan.notices[0]
    assert lines(plan)[-1] == "docker run -d --name web app"


def test_replace_does_not_hide_a_port_that_somebody_else_holds() -> None:
    other = replace(WEB, id="b" * 64, name="other")
    spec = replace(ports("8080:80"), name="web")
    with pytest.raises(DkError, match="host port 8080 is taken"):
        plan_run(spec, RunWishes(replace=True), RunState(containers=(other,)))


def test_several_networks_on_an_old_engine_are_connected_one_by_one() -> None:
    spec = replace(
        SPEC,
        name="web",
        detach=True,
        networks=(NetworkAttachment("front"), NetworkAttachment("back", aliases=("db",))),
    )
    here = tuple(Network(id=name * 20, name=name, driver="bridge") for name in ("front", "back"))
    assert lines(plan_run(spec, RunWishes(), RunState(networks=here))) == [
        "docker run -d --name web --network front --network name=back,alias=db app"
    ]
    old = RunState(networks=here, api_version=(1, 41))
    assert lines(plan_run(spec, RunWishes(), old)) == [
        "docker create --name web --network front app",
        "docker network connect --alias db back web",
        "docker start web",
    ]


def test_an_option_that_the_engine_is_too_old_for_is_said() -> None:
    spec = replace(SPEC, annotation=(("a", "b"),))
    with pytest.raises(DkError, match=r"--annotation needs API 1\.43"):
        plan_run(spec, RunWishes(), RunState(api_version=(1, 41)))


MISSING = RunState(missing_folders=("/srv/data",))


def test_a_missing_folder_is_said_and_mkdir_makes_it_first() -> None:
    spec = replace(SPEC, mounts=(parse_volume("./data:/data", cwd="/srv"),))
    plan = plan_run(spec, RunWishes(), MISSING)
    assert plan.notices == (
        "not there: /srv/data; docker makes an empty folder as root, --mkdir as you",
    )
    plan = plan_run(spec, RunWishes(mkdir=True), MISSING)
    assert plan.notices == ()
    assert lines(plan)[0] == "mkdir -p -- /srv/data"


def test_what_dk_can_not_see_on_a_remote_engine_is_said() -> None:
    spec = replace(ports("127.0.0.1:8080:80"), mounts=(parse_volume("./data:/data", cwd="/srv"),))
    plan = plan_run(spec, RunWishes(), RunState(remote_host="build.example"))
    assert plan.notices == (
        (
            "the engine is on build.example: dk can't see whether the folders of -v are there"
            " or whether another program holds a port"
        ),
    )
    with pytest.raises(DkError, match="--mkdir makes folders on this host only"):
        plan_run(spec, RunWishes(mkdir=True), RunState(remote_host="build.example"))


def test_ports_that_are_open_to_all_are_said_once() -> None:
    plan = plan_run(
        ports("8080:80", "8443:443", "0.0.0.0:81:81", "127.0.0.1:9000:9000"),
        RunWishes(),
        RunState(),
    )
    assert (*plan.notices, *plan.advice) == (
        (
            "ports 8080, 8443: open to all who can reach this machine;"
            " --local opens for 127.0.0.1 only"
        ),
    )
    plan = plan_run(ports("127.0.0.1:9000:9000"), RunWishes(), RunState())
    assert (*plan.notices, *plan.advice) == ()


def test_what_is_waited_for_stands_in_the_explanation() -> None:
    wishes = RunWishes(wait=WaitFor("healthy", 80, 30.0))
    (run,) = plan_run(replace(SPEC, name="web", detach=True), wishes, RunState()).operations
    assert run.docker()[-1].notes == (
        (
            "then wait until docker inspect -f '{{.State.Health.Status}}' web says healthy"
            " and port 80 of web answers"
        ),
    )


def test_a_cidfile_is_never_written_over() -> None:
    with pytest.raises(DkError, match="--cidfile id: the file is there already"):
        plan_run(replace(SPEC, cidfile="id"), RunWishes(), RunState(cidfile_exists=True))


def test_the_hosts_own_network_has_no_ports_to_open() -> None:
    spec = replace(ports("8080:80"), networks=(NetworkAttachment("host"),))
    plan = plan_run(spec, RunWishes(), RunState(containers=(WEB,)))
    assert (*plan.notices, *plan.advice) == ()


def test_a_plan_says_what_the_engine_makes_with_the_container() -> None:
    spec = replace(SPEC, name="db", mounts=(parse_volume("data:/data", cwd="/"),))
    plan = plan_run(spec, RunWishes(), RunState(missing_volumes=("data",)))
    assert plan.operations[-1].cause == "of app, makes the volume data"


def test_the_hosts_own_processes_are_no_container_called_host() -> None:
    spec = replace(SPEC, name="web", pid="host", ipc="container:other")
    assert plan_run(spec, RunWishes(replace=True), RunState(containers=(OLD,))).operations
    with pytest.raises(DkError, match="--pid web: that container is the one to be replaced"):
        plan_run(
            replace(spec, pid="container:web"),
            RunWishes(replace=True),
            RunState(containers=(OLD,)),
        )
