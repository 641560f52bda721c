"""`dk undo` on a real engine: what was removed comes back as docker's inspect had it."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker as sdk
import jsonschema
import pytest

from dk.journal.writing import Journal
from dk.plan import Memory
from tests.conftest import RunDk, RunDocker
from tests.waiting import free_port, wait_for

pytestmark = [pytest.mark.engine]

Remove = Callable[..., str]


@pytest.fixture
def identity(engine: sdk.APIClient, environ: dict[str, str], podman: bool) -> str:
    """What the journal knows the engine by; Podman says another id each time."""
    return environ["DOCKER_HOST"] if podman else str(engine.info()["ID"])


@pytest.fixture
def remove(
    environ: dict[str, str], engine: sdk.APIClient, docker: RunDocker, identity: str
) -> Remove:
    """Write resources down as a run of dk does, remove them, and return the run's id.

    Each is said as KIND:NAME.
    """

    def run(*names: str, interrupted: bool = False) -> str:
        address = environ["DOCKER_HOST"]
        journal = Journal.open(environ, identity, address=address, command="clean")
        memories = [memory(engine, *name.split(":", 1)) for name in names]
        journal.destroying(memories)
        for each in memories:
            if not interrupted:
                forced = ["--force"] * (each.kind in {"container", "image"})
                docker(each.kind, "rm", *forced, each.id)
                journal.settled([each], removed=True)
        journal.close()
        (folder,) = (Path(environ["HOME"]) / ".local/state/dk/journal").iterdir()
        return max(file.stem for file in folder.iterdir())

    return run


def inspect_image(engine: Any, name: str) -> Any:
    return engine.inspect_image(name)


def memory(engine: Any, kind: str, name: str) -> Memory:
    if kind == "image":
        image = engine.inspect_image(name)
        digests = [each for each in image["RepoDigests"] or () if not each.startswith("<none>")]
        tags = [each for each in image["RepoTags"] or () if not each.startswith("<none>")]
        data = {"id": image["Id"], "tags": tags, "digests": digests, "removed": True}
        return Memory(kind, image["Id"], name, data)
    inspected = {
        "container": engine.inspect_container,
        "network": engine.inspect_network,
        "volume": engine.inspect_volume,
    }[kind](name)
    return Memory(kind, inspected.get("Id", name), name, inspected)


def same(inspected: Any) -> Any:
    """A container's inspect without what differs between two of the same kind."""
    kept = {
        key: inspected[key] for key in ("Name", "Config", "HostConfig", "Image", "Path", "Args")
    }
    kept = json.loads(json.dumps(kept))
    short = inspected["Id"][:12]
    if kept["Config"]["Hostname"] == short:
        kept["Config"]["Hostname"] = "its id"
    # Anonymous volumes come back by their names.
    kept["HostConfig"].pop("Binds")
    for mount in kept["HostConfig"].get("Mounts") or ():
        mount.pop("Source", None)
    kept["Mounts"] = sorted(
        [mount["Destination"], mount.get("Name"), mount["RW"]] for mount in inspected["Mounts"]
    )
    kept["Networks"] = {
        name: {
            "ip": endpoint["IPAMConfig"] or {},
            "aliases": [a for a in endpoint["Aliases"] or () if a != short],
            "links": endpoint["Links"],
            "options": endpoint["DriverOpts"] or {},
        }
        for name, endpoint in inspected["NetworkSettings"]["Networks"].items()
    }
    return kept


def same_network(inspected: Any) -> Any:
    return {key: value for key, value in inspected.items() if key not in {"Id", "Created"}}


@pytest.fixture
def rich(docker: RunDocker, engine: sdk.APIClient, busybox: str, tmp_path: Path) -> None:
    """A container with a bit of everything, in two networks, that has run and ended."""
    pool = ["--subnet", "10.99.0.0/24", "--ip-range", "10.99.0.128/25", "--gateway", "10.99.0.1"]
    more = ["--aux-address", "printer=10.99.0.5", "--internal", "--attachable"]
    docker("network", "create", *pool, *more, "--label", "team=core", "fixed")
    docker("network", "create", "-o", "com.docker.network.bridge.name=brundo", "auto")
    docker(
        "create", "--name", "rich", "-e", "TOKEN=geheim", "--env", "EMPTY=", "-l", "app=web",
        "--network", "fixed", "--ip", "10.99.0.7", "--network-alias", "web",
        "-v", "/anonymous", "-v", "named:/named", "-v", f"{tmp_path}:/host:ro",
        "--mount", "type=volume,dst=/also-anonymous", "--tmpfs", "/scratch:size=1m",
        "--health-cmd", "test -e /ok", "--health-interval", "7s", "--restart", "on-failure:3",
        "-p", "127.0.0.1:8099:80", "-p", "53/udp", "--entrypoint", "sh", "--user", "65534:65534",
        "-w", "/tmp", "--memory", "64m", "--cpus", "0.5", "--cap-add", "NET_ADMIN",
        "--cap-drop", "CHOWN", "--ulimit", "nofile=100:200", "--sysctl", "net.core.somaxconn=99",
        "--log-opt", "max-size=1m", "--stop-signal", "SIGINT", "--add-host", "a:10.0.0.1",
        "--dns", "10.0.0.2", "--init", "--read-only", "--device", "/dev/null:/dev/nix",
        "--security-opt", "no-new-privileges", "--shm-size", "8m", "--group-add", "7",
        busybox, "-c", "exit 0",
    )  # fmt: skip
    docker("network", "connect", "--alias", "other", "--alias", "third", "auto", "rich")
    engine.start("rich")
    engine.wait("rich")


def test_a_rich_container_and_its_networks_come_back_as_they_were(
    run_dk: RunDk, remove: Remove, engine: sdk.APIClient, rich: None, schema: dict[str, Any]
) -> None:
    before = engine.inspect_container("rich")
    networks = {name: engine.inspect_network(name) for name in ("fixed", "auto")}
    remove("container:rich", "network:fixed", "network:auto")
    done = run_dk("undo", "-y", "--json")
    assert done.code == 0, done.err
    jsonschema.validate(done.json, schema)
    after = engine.inspect_container("rich")
    assert after["State"]["Status"] == "created"
    assert same(after) == same(before)
    for name, network in networks.items():
        assert same_network(engine.inspect_network(name)) == same_network(network)
    engine.start("rich")
    assert engine.wait("rich")["StatusCode"] == 0
    assert "geheim" not in done.out + done.err


def test_an_anonymous_volume_that_is_gone_is_told_and_a_new_one_made(
    run_dk: RunDk, remove: Remove, docker: RunDocker, engine: sdk.APIClient, busybox: str
) -> None:
    docker("create", "--name", "db", "-v", "/data", busybox)
    (volume,) = engine.inspect_container("db")["Mounts"]
    remove("container:db")
    engine.remove_volume(volume["Name"])
    done = run_dk("undo", "-y")
    assert done.code == 0
    assert "note: container db: a new, empty volume at /data, since the old one is gone" in done.err
    engine.start("db")


@pytest.mark.podman
def test_a_second_undo_has_nothing_to_do_even_though_ids_are_new(
    run_dk: RunDk, remove: Remove, docker: RunDocker, busybox: str
) -> None:
    docker("network", "create", "web")
    docker("create", "--name", "api", "--network", "web", busybox)
    remove("container:api", "network:web")
    assert run_dk("undo", "-y").code == 0
    before = docker("ps", "-aq").out, docker("network", "ls", "-q").out
    again = run_dk("undo")
    assert again.code == 0
    assert "note: already there: network web, container api\n" in again.err
    assert "note: nothing to put back; dk undo --list shows earlier runs\n" in again.err
    assert (docker("ps", "-aq").out, docker("network", "ls", "-q").out) == before


@pytest.mark.podman
def test_what_an_interrupted_run_did_not_remove_needs_nothing(
    run_dk: RunDk, remove: Remove, docker: RunDocker, busybox: str
) -> None:
    docker("create", "--name", "api", busybox)
    remove("container:api", interrupted=True)
    assert "already there: container api" in run_dk("undo").err


@pytest.mark.podman
def test_nobody_to_ask_means_the_plan_and_2_but_a_named_run_asks_nothing(
    run_dk: RunDk, remove: Remove, docker: RunDocker, busybox: str
) -> None:
    docker("create", "--name", "api", busybox)
    run = remove("container:api")
    asked = run_dk("undo")
    assert asked.code == 2
    assert asked.out.splitlines()[1:] == ["put back container api: removed by dk clean"]
    done = run_dk("undo", run[:17])
    assert (done.code, done.out) == (0, "api\n")
    unknown = run_dk("undo", "2020")
    assert unknown.code == 2
    assert unknown.err == (
        "dk: no run 2020 on this engine\n    dk undo --list shows all there are\n"
    )


def test_a_restored_container_that_is_removed_leaves_the_old_volume(
    run_dk: RunDk, remove: Remove, docker: RunDocker, engine: sdk.APIClient, busybox: str
) -> None:
    docker("create", "--name", "db", "-v", "/data", busybox)
    (volume,) = engine.inspect_container("db")["Mounts"]
    remove("container:db")
    assert run_dk("undo", "-y").code == 0
    assert engine.inspect_container("db")["Mounts"][0]["Name"] == volume["Name"]
    docker("rm", "--volumes", "db")
    assert engine.inspect_volume(volume["Name"])


def test_containers_that_share_with_others_find_these_under_their_new_ids(
    run_dk: RunDk, remove: Remove, docker: RunDocker, engine: sdk.APIClient, busybox: str
) -> None:
    docker("create", "--name", "main", "-v", "/data", busybox, "sleep", "60")
    main = engine.inspect_container("main")["Id"]
    flags = ["--network", f"container:{main}", "--pid", "container:main", "--volumes-from", main]
    docker("create", "--name", "side", *flags, "--entrypoint", "", busybox, "true")
    docker("create", "--name", "linked", "--link", "main:db", busybox, "true")
    before = {name: engine.inspect_container(name) for name in ("main", "side", "linked")}
    remove("container:linked", "container:side", "container:main")
    done = run_dk("undo", "-y")
    assert done.code == 0, done.err
    new_main = engine.inspect_container("main")
    side = engine.inspect_container("side")
    assert side["HostConfig"]["NetworkMode"] == f"container:{new_main['Id']}"
    assert side["Mounts"][0]["Name"] == before["main"]["Mounts"][0]["Name"]
    linked = engine.inspect_container("linked")
    assert linked["HostConfig"]["Links"] == before["linked"]["HostConfig"]["Links"]
    for name in before:
        engine.start(name)


@pytest.mark.podman
def test_tags_of_an_image_that_is_still_there_come_back(
    run_dk: RunDk, environ: dict[str, str], engine: sdk.APIClient, busybox: str, identity: str
) -> None:
    image = inspect_image(engine, busybox)["Id"]
    data = {"id": image, "tags": ["app:1", "localhost:5000/app:2"], "digests": [], "removed": False}
    journal = Journal.open(environ, identity, address="", command="clean")
    journal.destroying([Memory("image", image, "app:1", data)])
    journal.close()
    explained = run_dk("undo", "--explain").out
    assert explained == f"docker tag {image} app:1\ndocker tag {image} localhost:5000/app:2\n"
    assert run_dk("undo", "-y").code == 0
    try:
        assert inspect_image(engine, "localhost:5000/app:2")["Id"] == image
    finally:
        engine.remove_image("app:1", noprune=True)
        engine.remove_image("localhost:5000/app:2", noprune=True)


def test_what_cannot_come_back_is_listed_with_the_reason_and_is_no_failure(
    run_dk: RunDk, remove: Remove, docker: RunDocker, engine: sdk.APIClient, busybox: str
) -> None:
    commit = docker("commit", docker("create", "--name", "base", busybox).out.strip(), "own:1")
    assert commit.code == 0
    docker("create", "--name", "taken", busybox)
    docker("create", "--name", "of-own", "own:1")
    docker("volume", "create", "data")
    docker("network", "create", "--subnet", "10.98.0.0/24", "net")
    remove("container:taken", "container:of-own", "volume:data", "network:net", "image:own:1")
    docker("create", "--name", "taken", busybox)
    docker("network", "create", "--subnet", "10.98.0.0/25", "mine")
    done = run_dk("undo", "-y")
    assert done.code == 0
    lost = [line for line in done.err.splitlines() if "can't come back" in line]
    assert lost == [
        "note: can't come back: network net (the subnet is taken by the network mine)",
        "note: can't come back: volume data (the data is gone)",
        "note: can't come back: image own:1 (made or loaded here, no registry has it)",
        "note: can't come back: container of-own (the image is gone)",
        "note: can't come back: container taken (the name is taken by another container)",
    ]


def test_explained_networks_are_what_undo_makes(
    run_dk: RunDk, remove: Remove, docker: RunDocker, engine: sdk.APIClient, rich: None
) -> None:
    names = ("fixed", "auto")
    before = {name: same_network(engine.inspect_network(name)) for name in names}
    docker("rm", "rich")
    remove("network:fixed", "network:auto")
    for line in run_dk("undo", "--explain").out.splitlines():
        subprocess.run(["docker", *line.split()[1:]], check=True, capture_output=True)
    assert {name: same_network(engine.inspect_network(name)) for name in names} == before


def test_an_explained_container_shows_no_secret_and_says_that_docker_has_no_command(
    run_dk: RunDk, remove: Remove, rich: None
) -> None:
    remove("container:rich")
    shown = run_dk("undo", "--explain").out + run_dk("undo", "--dry-run", "--json").out
    assert "docker has no command" in shown
    assert "geheim" not in shown


@pytest.mark.podman
def test_a_volume_whose_data_is_elsewhere_comes_back_whole(
    run_dk: RunDk, remove: Remove, docker: RunDocker, engine: sdk.APIClient, tmp_path: Path
) -> None:
    options = ("type=none", "o=bind", f"device={tmp_path}")
    docker("volume", "create", *(f"--opt={each}" for each in options), "--label", "a=b", "host")
    before = engine.inspect_volume("host")
    remove("volume:host")
    assert "--opt 'o=•••'" in run_dk("undo", "--explain").out
    assert run_dk("undo", "-y").code == 0
    assert {**engine.inspect_volume("host"), "CreatedAt": ""} == {**before, "CreatedAt": ""}


@pytest.mark.podman
def test_the_list_has_the_runs_on_this_engine_and_counts_the_others(
    run_dk: RunDk, remove: Remove, environ: dict[str, str], docker: RunDocker, busybox: str,
    schema: dict[str, Any],
) -> None:  # fmt: skip
    docker("create", "--name", "api", busybox)
    docker("network", "create", "web")
    run = remove("container:api", "network:web")
    with_other = Journal.open(environ, "another", address="tcp://other", command="rm")
    with_other.destroying([Memory("volume", "x", "x", {})])
    with_other.close()
    listed = run_dk("undo", "--list")
    assert listed.err == "note: 1 more on other engines (-H or --context names one)\n"
    header, line = listed.out.splitlines()
    assert header.split() == ["RUN", "AGE", "COMMAND", "REMOVED", "ENGINE"]
    assert line.startswith(run)
    assert "dk clean" in line
    assert "1 container, 1 network" in line
    assert run_dk("undo", "--list", "-q").out == f"{run}\n"
    document = run_dk("undo", "--list", "--json").json
    jsonschema.validate(document, schema)
    assert document["rows"][0]["removed"] == {
        "container": 1, "image": 0, "network": 1, "volume": 0, "cache": 0,
    }  # fmt: skip


@pytest.mark.podman
def test_a_run_that_is_still_going_on_is_refused(
    run_dk: RunDk, environ: dict[str, str], engine: sdk.APIClient, identity: str
) -> None:
    journal = Journal.open(environ, identity, address="", command="clean")
    try:
        assert "has removed nothing" in run_dk("undo").err  # it may still be asking
        journal.destroying([Memory("network", "id", "going", {})])
        done = run_dk("undo")
    finally:
        journal.close()
    assert done.code == 1
    assert "is not over yet" in done.err


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """The address of a registry of its own."""
    address = f"127.0.0.1:{free_port()}"
    config = tmp_path / "registry.yml"
    config.write_text(
        f"version: 0.1\nhttp: {{addr: '{address}'}}\n"
        f"storage: {{filesystem: {{rootdirectory: {tmp_path}/registry}}}}\n"
    )
    process = subprocess.Popen(
        ["docker-registry", "serve", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield address
    finally:
        process.terminate()
        process.wait()


def test_an_image_is_pulled_by_its_digest_and_tagged_before_its_container(
    run_dk: RunDk, remove: Remove, docker: RunDocker, engine: sdk.APIClient, busybox: str,
    registry: str,
) -> None:  # fmt: skip
    docker("create", "--name", "source", busybox)
    name = f"{registry}/app:1"
    docker("commit", "-m", registry, "source", name)
    wait_for(lambda: docker("push", name, check=False).code == 0)
    docker("tag", name, "app:stable")
    docker("create", "--name", "of-app", name)
    image = inspect_image(engine, name)
    remove("container:of-app", f"image:{name}")
    assert not engine.images(f"{registry}/app")
    done = run_dk("undo", "-y")
    try:
        assert done.code == 0, done.err
        assert "pulled" in done.err
        assert inspect_image(engine, "app:stable")["Id"] == image["Id"]
        made = engine.inspect_container("of-app")
        assert (made["Image"], made["Config"]["Image"]) == (image["Id"], name)
    finally:
        for each in ("of-app", "source"):
            docker("rm", each, check=False)
        engine.remove_image(image["Id"], force=True)
