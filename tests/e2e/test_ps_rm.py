"""`dk ps` and `dk rm` on a real engine."""

import docker as sdk
import jsonschema
import pytest

from tests.conftest import RunDk, RunDocker

pytestmark = [pytest.mark.engine, pytest.mark.podman]


@pytest.fixture
def made(engine: sdk.APIClient, busybox: str) -> dict[str, str]:
    """A running container, one that failed, one that was never started."""
    ids = {}
    for name, command in {"up": "sleep 60", "failed": "sh -c 'exit 7'", "new": "true"}.items():
        ids[name] = engine.create_container(busybox, command, name=name)["Id"]
    engine.start("up")
    engine.start("failed")
    engine.wait("failed")
    return ids


def test_ps_lists_what_docker_lists(
    run_dk: RunDk, docker: RunDocker, made: dict[str, str], podman: bool
) -> None:
    order = sorted if podman else list  # Podman's own is any
    for flags in (["-q"], ["-aq"], ["-a", "-q"]):
        by_dk, by_docker = run_dk("ps", *flags).out, docker("ps", *flags).out
        assert order(by_dk.splitlines()) == order(by_docker.splitlines())


def test_ps_shows_names_states_and_networks_in_a_pipe(
    run_dk: RunDk, made: dict[str, str], podman: bool
) -> None:
    header, *lines = run_dk("ps", "-a").out.splitlines()
    rows = {line.split()[0]: line for line in lines}
    # Podman gives no order within a second, adds the tag, and has a network of another name.
    image, network = ("busybox:latest", "podman") if podman else ("busybox", "bridge")
    assert podman or list(rows) == ["new", "failed", "up"]
    assert header.split() == ["NAME", "IMAGE", "STATE", "PORTS", "NETWORKS"]
    assert rows["new"].split()[:3] == ["new", image, "Created"]
    assert rows["failed"].startswith(f"failed   {image}   Exited (7)")
    assert rows["up"].endswith(network)


def test_ps_as_json_has_full_ids_and_times_in_utc(
    run_dk: RunDk, made: dict[str, str], schema: dict[str, object]
) -> None:
    document = run_dk("ps", "-a", "--json").json
    jsonschema.validate(document, schema)
    assert {row["name"]: row["id"] for row in document["rows"]} == made
    assert all(row["created"].endswith("Z") for row in document["rows"])
    assert document["engine"]["context"] == "default"


def test_rm_removes_what_was_named_and_nothing_else(
    run_dk: RunDk, engine: sdk.APIClient, made: dict[str, str]
) -> None:
    done = run_dk("rm", "failed", made["new"][:8])
    assert (done.code, done.out) == (0, "failed\nnew\n")
    assert [each["Names"] for each in engine.containers(all=True)] == [["/up"]]


def test_rm_does_what_it_can_and_ends_with_1_for_the_rest(
    run_dk: RunDk, engine: sdk.APIClient, made: dict[str, str]
) -> None:
    done = run_dk("rm", "up", "failed", "faild")
    assert (done.code, done.out) == (1, "failed\n")
    assert done.err == (
        "dk: up is running\n"
        "    only a container that has ended can be removed\n"
        "    docker stop up, or dk rm -f up to kill it\n"
        "dk: no container faild\n"
        "    did you mean failed?\n"
    )
    assert engine.inspect_container("up")["State"]["Running"]


def test_rm_force_kills_a_running_one_and_v_takes_its_anonymous_volume(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    run_dk("run", "-d", "--name", "db", "-v", "/data", "-v", "kept:/kept", busybox, "sleep", "60")
    assert len(engine.volumes()["Volumes"]) == 2
    assert run_dk("rm", "-fv", "db").code == 0
    assert [volume["Name"] for volume in engine.volumes()["Volumes"]] == ["kept"]


def test_rm_dry_run_and_explain_touch_nothing(
    run_dk: RunDk, engine: sdk.APIClient, made: dict[str, str]
) -> None:
    engine_line, *plan = run_dk("rm", "--dry-run", "failed").out.splitlines()
    assert engine_line == "engine unix:///run/dk-engine/docker.sock (context default)"
    assert len(plan) == 1
    assert plan[0].startswith("remove container failed: named; exited (7) ")
    assert run_dk("rm", "--explain", "-f", "failed", "up").out == (
        "docker rm --force failed\ndocker rm --force up\n"
    )
    assert len(engine.containers(all=True)) == 3


def test_the_explained_lines_remove_the_same(
    run_dk: RunDk, docker: RunDocker, engine: sdk.APIClient, made: dict[str, str]
) -> None:
    for line in run_dk("rm", "--explain", "-f", "failed", "up").out.splitlines():
        docker(*line.split()[1:])
    assert [each["Names"] for each in engine.containers(all=True)] == [["/new"]]


def test_a_name_that_would_drive_the_terminal_is_shown_harmlessly(
    run_dk: RunDk, engine: sdk.APIClient, busybox: str
) -> None:
    engine.create_container(busybox, "true", name="odd", labels={"x": "\x1b[2J"})
    engine.tag(busybox, "busybox", "odd")
    done = run_dk("rm", "od\x1b[2Jd")
    assert "\x1b" not in done.err
    assert "od\\x1b[2Jd" in done.err
