"""On a real engine: `dk run`, `docker run` and the lines of `--explain` leave the same state."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import docker as sdk
import pytest

from tests.conftest import PRIVATE_ENGINE, Outcome, RunDk, RunDocker

from .comparison import by_name
from .flags import ENVIRON, Case
from .refusals import LEFT_TO_THE_ENGINE, STRICTER
from .sides import Workplace, dk_explain

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),  # the first test waits for all samples
]

NAME = "parity"
MAC_ADDRESS = "92:d0:c6:0a:29:33"
SAMPLES_AT_ONCE = 4


def sleepers(lines: str) -> tuple[Case, ...]:
    """Return a line each: these options, for a container that sleeps in the background."""
    return tuple(
        Case(("-d", *shlex.split(line), "busybox", "sleep", "60"))
        for line in lines.strip().splitlines()
    )


_WRITTEN = (
    ("-d", "busybox", "sleep", "60"),
    ("-di", "-t", "--rm", "busybox"),
    ("-d", "--init", "busybox", "sleep", "60"),
    ("-d", "--init=false", "-m", "64m", "--restart", "on-failure:3", "busybox", "sleep", "60"),
    ("-d", "--env-file", "app.env", "--env-file", "more.env", "-e", "MODE=own", "-e", "SET",
     "-e", "UNSET", "-e", "UNI", "-e", "EMPTY", "busybox", "sleep", "60"),
    ("-d", "-e", "A=1", "-e", "A=2", "-e", "PATH", "-e", "B=two\nlines", "busybox",
     "sleep", "60"),
    ("-d", "-p", "8080:80", "-p", "127.0.0.1:8053:53/udp", "-p", "81-82", "-p", "8100-8110:90",
     "busybox", "sleep", "60"),
    ("-d", "--network", "web", "--network-alias", "db", "--network-alias", "db2", "-p", "80",
     "-h", "box", "busybox", "sleep", "60"),
    ("-d", "--network", "host", "busybox", "sleep", "60"),
    ("-d", "--network", "none", "busybox", "sleep", "60"),
    ("-d", "--network", "bridge", "busybox", "sleep", "60"),
    ("-d", "--network", "container:other", "busybox", "sleep", "60"),
    ("-d", "-v", "data:/data:ro", "-v", "/tmp:/host:ro", "-v", "/anonymous", "-v", "/srv:/srv",
     "-w", "/made/here", "-u", "65534:65534", "busybox", "sleep", "60"),
    ("-d", "-l", "tier=web", "-l", "bare", "--entrypoint", "sleep", "busybox", "60"),
    ("-d", "--entrypoint", "", "busybox", "sleep", "60"),
    ("busybox", "sh", "-c", "echo out; echo err >&2; exit 3"),
    ("-i", "busybox", "cat"),
    ("-t", "--pull", "never", "busybox", "true"),
    ("-a", "stdout", "busybox", "sh", "-c", "echo out; echo err >&2"),
    ("-a", "stderr", "busybox", "sh", "-c", "echo out; echo err >&2; exit 4"),
    ("-i", "-a", "stdin", "-a", "stdout", "busybox", "cat"),
    ("--sig-proxy=false", "--detach-keys", "ctrl-x,x", "busybox", "echo", "out"),
)  # fmt: skip

SAMPLE = (
    *(Case(words) for words in _WRITTEN),
    *sleepers(r"""
--add-host db:10.0.0.1 --add-host gw=host-gateway --add-host v6=[2001:db8::1]
--blkio-weight 300
--cap-drop ALL --cap-add chown --cap-add CAP_KILL
--cap-drop NET_RAW --cap-drop mknod
--cgroup-parent /parent
--cgroupns host
--cgroupns private
--cpu-period 100000 --cpu-quota 50000
--cpu-quota -1
-c 512 --cpuset-cpus 0 --cpuset-mems 0
--cpus 0.5
--cpus 1/2
--detach-keys ctrl-x,x
--device /dev/null --device /dev/zero:/dev/mine:r --device /dev/full:rw
--device-cgroup-rule 'c 1:3 mr'
--dns 1.1.1.1 --dns 2001:DB8::1 --dns-option ndots:2 --dns-search example.org --dns-search b.example
--dns-search .
-h box --domainname example.org
--expose 80 --expose 90-92/udp
--expose 80 --expose 81/udp -P
--expose 80 -p 127.0.0.1::80
--group-add 1000 --group-add nogroup
--health-cmd true --health-interval 1m30s --health-retries 3 --health-timeout 500ms
--health-interval 30s --health-start-period 1.5h
--no-healthcheck
--network sub --ip 172.31.7.50 --network-alias a
--network name=sub,ip=172.31.7.51,alias=b,alias=c
--network name=web,alias=a,driver-opt=a=b
--network web --link-local-ip 169.254.7.7
--ipc private
--ipc none
--ipc shareable
--ipc host
--ipc container:other
--pid host
--pid container:other
--uts host
--userns host
--isolation default
--kernel-memory 64m
--label-file app.labels --label-file more.labels -l tier=own
--link other
--link other:first --link other:second
--link other:alias --network web
--link other --network bridge
--log-driver local
--log-driver none
--log-driver json-file --log-opt max-size=10m --log-opt max-file=3 --log-opt tag={{.Name}}
-m 64m --memory-swap 128m --memory-reservation 32m
-m 64m --memory-swap -1 --memory-swappiness 60
-m 64M --oom-kill-disable
--memory 0x4000000p0
--oom-score-adj 500
--mount source=data,target=/m
--mount type=volume,source=data,target=/m,readonly,volume-nocopy
--mount target=/m,volume-label=a=b
--mount source=with-driver,target=/m,volume-driver=local,volume-label=c=
--mount type=bind,source=./data,target=/m
--mount type=bind,source=/srv,target=/m,readonly,bind-propagation=rslave
--mount type=bind,source=/srv,target=/m,bind-nonrecursive
--mount type=tmpfs,target=/m
--mount type=tmpfs,target=/m,tmpfs-size=1m,tmpfs-mode=0755
--tmpfs /run:size=1m,mode=1777,noexec --tmpfs /x
--pids-limit 100
--pids-limit -1
--platform linux
--read-only --tmpfs /run
--runtime runc
--security-opt no-new-privileges --security-opt label=disable
--security-opt seccomp=unconfined --security-opt apparmor=unconfined
--security-opt seccomp=seccomp.json
--security-opt systempaths=unconfined
--shm-size 128m
--stop-signal SIGINT --stop-timeout 5
--stop-signal 15 --stop-timeout -1
--sysctl net.ipv4.ip_forward=1 --sysctl kernel.shm_rmid_forced=1
--ulimit nofile=1024:2048 --ulimit core=0 --ulimit nofile=512
--volume-driver local -v of-a-driver:/data
--volumes-from other
--volumes-from other:ro -v /more
"""),
)  # fmt: skip
"""What every engine of the test run makes."""

NEWER = sleepers(f"""
--annotation a=b --annotation c=d
--health-cmd true --health-start-interval 100ms
--mac-address {MAC_ADDRESS}
--mac-address {MAC_ADDRESS} --network web --network-alias a
--network name=web,mac-address={MAC_ADDRESS},alias=a
--network web --network two --network-alias a
--network name=two,alias=b --network name=sub,ip=172.31.7.52,gw-priority=1
--mount type=image,source=busybox,target=/m
--mount type=bind,source=/srv,target=/m,readonly,bind-recursive=writable
""")
"""What docker makes on newer engines."""

PERHAPS = sleepers("""
--blkio-weight-device /dev/null:300 --device-read-iops /dev/null:9 --device-write-iops /dev/null:9
--device-read-bps /dev/null:1mb --device-write-bps /dev/null:1mb
--cpu-rt-period 1000000 --cpu-rt-runtime 950000
--cpus 1000
--device /dev/absent
--device vendor.com/class=name
--gpus all
--group-add nonsense
--log-driver syslog
--oom-score-adj -500
--privileged --cap-add ALL
--storage-opt size=10G
--sysctl net.ipv4.nonsense=1
--ulimit nofile=-1
""")
"""What docker makes or fails to make by the machine and the kernel that the engine runs on."""


@pytest.fixture
def place(tmp_path: Path, environ: dict[str, str]) -> Workplace:
    """The folder with the table's files; all sides stand in it, with the table's environment."""
    environ.update(ENVIRON)
    folder = tmp_path / "place"
    folder.mkdir()
    return Workplace.make(folder)


Shell = Callable[..., Outcome]


@pytest.fixture
def shell(environ: dict[str, str], place: Workplace) -> Shell:
    """Run lines as if they were pasted, with more in the environment if given."""

    def run(lines: str, env: Mapping[str, str] | None = None) -> Outcome:
        done = subprocess.run(
            ["sh", "-ec", lines],
            env={**environ, **(env or {})},
            cwd=place.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="module")
def others(engine: sdk.APIClient, busybox: str) -> Iterator[None]:
    """What lines of the sample name: networks, and a container that runs and has a volume."""
    pool = sdk.types.IPAMPool(subnet="172.31.7.0/24")
    networks = [
        engine.create_network("web"),
        engine.create_network("two"),
        engine.create_network("sub", ipam=sdk.types.IPAMConfig(pool_configs=[pool])),
    ]
    shared = engine.create_host_config(ipc_mode="shareable")
    made = engine.create_container(
        busybox, ["sleep", "600"], name="other", volumes=["/of-other"], host_config=shared
    )
    engine.start(made)
    yield
    engine.remove_container(made, force=True, v=True)
    for network in networks:
        engine.remove_network(network["Id"])
    for volume in engine.volumes()["Volumes"] or ():
        engine.remove_volume(volume["Name"])


def taken(engine: sdk.APIClient, name: str = NAME) -> Any:
    """Look at the container, remove it, and return what is not this one's alone."""
    try:
        found = engine.inspect_container(name)
    except sdk.errors.NotFound:
        return None
    engine.remove_container(name, force=True, v=True)
    return settled(found)


def settled(found: dict[str, Any]) -> dict[str, Any]:
    """Return an inspected container without ids, times, addresses and ports the engine chose."""
    config, host, networking = found["Config"], found["HostConfig"], found["NetworkSettings"]
    short_id, state = found["Id"][:12], found["State"]
    state["Error"] = re.sub("[0-9a-f]{64}", "(an id)", state["Error"])
    # docker's CLI sends null or [] for no ulimits and the like, by its version.
    host = {key: None if value == [] else value for key, value in host.items()}
    host["Binds"] = sorted(host["Binds"] or ())  # docker sends them in random order
    config["Env"] = by_name(config["Env"] or [])  # and these
    host["Links"] = sorted(host["Links"] or ())  # and the engine keeps these in a map
    config["Hostname"] = config["Hostname"].replace(short_id, "(its id)")
    mounts = sorted(found["Mounts"], key=lambda mount: mount["Destination"])
    for mount in mounts:
        if re.fullmatch("[0-9a-f]{64}", mount.get("Name", "")):
            mount["Name"] = mount["Source"] = "(anonymous)"
        if mount["Type"] == "image":
            mount["Source"] = "(a layer)"
    endpoints = {
        name: {
            "Aliases": sorted({*(endpoint["Aliases"] or ())} - {short_id}),
            "IPAMConfig": endpoint["IPAMConfig"] or {},
            "Links": endpoint["Links"] or [],
            "DriverOpts": endpoint["DriverOpts"] or {},
            "GwPriority": endpoint.get("GwPriority", 0),
            "has its MAC address": endpoint["MacAddress"] == MAC_ADDRESS,
            "connected": bool(endpoint["EndpointID"]),
        }
        for name, endpoint in networking["Networks"].items()
    }
    kept = (
        "Image",
        "Name",
        "Path",
        "Args",
        "Platform",
        "RestartCount",
        "Driver",
        "AppArmorProfile",
    )
    return {
        **{key: found[key] for key in kept},
        "State": {key: state[key] for key in ("Status", "ExitCode", "OOMKilled", "Error")},
        "Config": config,
        "HostConfig": host,
        "Mounts": mounts,
        "Ports": {port: len(found or ()) for port, found in networking["Ports"].items()},
        "Networks": endpoints,
    }


def explained(run_dk: RunDk, place: Workplace, *argv: str) -> str:
    outcome = run_dk("run", "--explain", *argv, cwd=place.folder)
    assert outcome.code == 0, outcome.err
    return outcome.out


class Side(NamedTuple):
    """One way to run a line: what became of the program, and the container that it left."""

    outcome: Outcome
    left: Any


class Sides(NamedTuple):
    """All three ways to run a line."""

    docker: Side
    dk: Side
    explained: Side


@pytest.fixture(scope="module")
def samples(
    request: pytest.FixtureRequest, engine: sdk.APIClient, workplace: Workplace, others: None
) -> dict[Case, Sides]:
    """All selected lines of the samples, some at once, the three sides of each in turn."""
    tests = [item for item in request.session.items if isinstance(item, pytest.Function)]
    named = [test.callspec.params.get("sample") for test in tests if hasattr(test, "callspec")]
    cases = [case for case in named if isinstance(case, Case)]
    names = [f"{NAME}-{number}" for number in range(len(cases))]
    lines = [
        dk_explain(("--name", name, *case.words), workplace, "--with-secrets", host=PRIVATE_ENGINE)
        for name, case in zip(names, cases, strict=True)
    ]

    def sides(name: str, case: Case, line: tuple[int, str, str]) -> Sides:
        def side(*argv: str) -> Side:
            done = subprocess.run(
                argv,
                env={**workplace.environ, "DOCKER_HOST": PRIVATE_ENGINE},
                cwd=workplace.folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
            )
            outcome = Outcome(done.returncode, done.stdout, done.stderr)
            return Side(outcome, taken(engine, name))

        words = ("run", "--name", name, *case.words)
        code, out, err = line
        refusal = Outcome(code, out.encode(), err.encode())
        return Sides(
            docker=side("docker", *words),
            dk=side(sys.executable, "-m", "dk", *words),
            explained=side("sh", "-ec", out) if code == 0 else Side(refusal, None),
        )

    with ThreadPoolExecutor(SAMPLES_AT_ONCE) as pool:
        return dict(zip(cases, pool.map(sides, names, cases, lines), strict=True))


@pytest.mark.parametrize("sample", SAMPLE, ids=str)
def test_all_three_leave_the_same_container(sample: Case, samples: dict[Case, Sides]) -> None:
    sides = samples[sample]
    assert sides.docker.left is not None, sides.docker.outcome.err
    assert "-d" not in sample.words or sides.docker.outcome.code == 0, sides.docker.outcome.err
    assert_same(sides)


@pytest.mark.parametrize("sample", NEWER, ids=str)
def test_all_three_leave_the_same_where_the_engine_is_new_enough(
    sample: Case, samples: dict[Case, Sides]
) -> None:
    sides = samples[sample]
    if sides.docker.outcome.code != 0:
        pytest.skip(f"docker fails here too: {sides.docker.outcome.err}")
    assert_same(sides)


@pytest.mark.parametrize("sample", PERHAPS, ids=str)
def test_where_docker_fails_dk_fails_with_the_same_code_and_leaves_nothing(
    sample: Case, samples: dict[Case, Sides]
) -> None:
    sides = samples[sample]
    if sides.docker.outcome.code == 0:
        assert_same(sides)
        return
    assert sides.dk.outcome.code == sides.docker.outcome.code
    assert sides.dk.left is None
    assert sides.explained.outcome.code == sides.docker.outcome.code
    assert sides.explained.left == sides.docker.left


def assert_same(sides: Sides) -> None:
    assert sides.dk.left == sides.docker.left, sides.dk.outcome.err
    assert sides.dk.outcome.code == sides.docker.outcome.code
    if sides.docker.left is not None and sides.docker.left["Config"]["AttachStdout"]:
        assert sides.dk.outcome == sides.docker.outcome
    assert sides.explained.left == sides.docker.left, sides.explained.outcome.err
    assert sides.explained.outcome.code == sides.docker.outcome.code


def test_the_id_is_written_to_a_new_file_as_docker_writes_it(
    run_dk: RunDk, shell: Shell, engine: sdk.APIClient, place: Workplace, busybox: str
) -> None:
    words = ("-d", "--name", NAME, "--cidfile", "box.cid", busybox, "sleep", "60")
    lines = explained(run_dk, place, *words)
    assert not (place.folder / "box.cid").exists()

    def left() -> Any:
        written = (place.folder / "box.cid").read_text()
        assert written == engine.inspect_container(NAME)["Id"]
        place.remove_cidfiles()
        return taken(engine)

    assert shell(shlex.join(["docker", "run", *words])).code == 0
    by_docker = left()
    assert run_dk("run", *words, cwd=place.folder).code == 0
    assert left() == by_docker
    assert shell(lines).code == 0
    assert left() == by_docker


@pytest.mark.parametrize("path", ["app.env", "data", "absent/box.cid"])
def test_a_cidfile_that_can_t_be_made_is_refused(
    path: str, run_dk: RunDk, shell: Shell, engine: sdk.APIClient, place: Workplace, busybox: str
) -> None:
    def files() -> list[tuple[str, int]]:
        return sorted((str(each), each.stat().st_mtime_ns) for each in place.folder.rglob("*"))

    before = files()
    words = ("-d", "--name", NAME, "--cidfile", path, busybox, "sleep", "60")
    assert shell(shlex.join(["docker", "run", *words])).code in {125, 127}
    outcome = run_dk("run", *words, cwd=place.folder)
    assert outcome.code == 125
    assert path in outcome.err
    assert taken(engine) is None
    assert files() == before


def test_a_missing_network_is_made_by_a_line_of_its_own_first(
    run_dk: RunDk, shell: Shell, engine: sdk.APIClient, place: Workplace, busybox: str
) -> None:
    words = ("-d", "--name", NAME, "--net", "fresh", busybox, "sleep", "60")

    def network() -> Any:
        (found,) = engine.networks(names=["^fresh$"])
        engine.remove_network(found["Id"])
        return {
            key: found[key] for key in ("Driver", "Options", "Labels", "Internal", "EnableIPv6")
        }

    lines = explained(run_dk, place, *words)
    assert run_dk("run", *words).code == 0
    by_dk = taken(engine), network()
    assert [line.split()[1] for line in lines.splitlines() if line[0] != "#"] == ["network", "run"]
    assert shell(lines).code == 0
    assert (taken(engine), network()) == by_dk


AGREED = "MODE=prod\n# a note\nEMPTY_ONE=\nURL=https://example.org/?a=b\n"
AGREED_VALUES = {"MODE": "prod", "EMPTY_ONE": "", "URL": "https://example.org/?a=b"}

DIFFERENT = """\
export MODE=prod   # a note
QUOTED="two words"
LITERAL='$SET stays'
FROM_HOST="<${SET}>"
FROM_FILE=${MODE}-1
DEFAULT=${UNSET:-fallback}
KEY="two
lines"
SET
"""
DIFFERENT_VALUES = {
    "MODE": "prod",
    "QUOTED": "two words",
    "LITERAL": "$SET stays",
    "FROM_HOST": "<from the host>",
    "FROM_FILE": "prod-1",
    "DEFAULT": "fallback",
    "KEY": "two\nlines",
    "SET": "from the host",
}


@pytest.mark.parametrize(
    ("text", "values", "more"),
    [
        (AGREED, AGREED_VALUES, {}),
        (AGREED, AGREED_VALUES, {"MODE": "own"}),
        (DIFFERENT, DIFFERENT_VALUES, {}),
        (DIFFERENT, DIFFERENT_VALUES, {"MODE": "own", "MORE": "1"}),
    ],
    ids=["docker-agrees", "docker-agrees,-e", "docker-differs", "docker-differs,-e"],
)
def test_an_env_file_by_composes_rules_is_explained_so_that_docker_gives_the_same(
    text: str,
    values: dict[str, str],
    more: dict[str, str],
    run_dk: RunDk,
    shell: Shell,
    engine: sdk.APIClient,
    place: Workplace,
    busybox: str,
) -> None:
    (place.folder / ".env").write_text(text)
    own = [word for key, value in more.items() for word in ("-e", f"{key}={value}")]
    words = ("-d", "--name", NAME, "-e", "./.env", *own, busybox, "sleep", "60")
    wanted = {**values, **more}

    def env() -> Any:
        left = taken(engine)["Config"]["Env"]
        last = {name: texts[-1].partition("=")[2] for name, texts in left.items()}
        assert {name: value for name, value in last.items() if name != "PATH"} == wanted
        return left

    assert run_dk("run", *words, cwd=place.folder).code == 0
    by_dk = env()

    hidden = explained(run_dk, place, *words)
    assert ("--env-file ./.env" in hidden) == (text == AGREED)
    assert ("from ./.env, by Compose's rules; export first: " in hidden) == (text == DIFFERENT)
    assert not [value for value in wanted.values() if len(value) > 3 and value in hidden]
    named = set(re.findall(r"\w+", " ".join(re.findall("export first: (.*)", hidden))))
    assert shell(hidden, {name: wanted[name] for name in named}).code == 0
    assert env() == by_dk

    assert shell(explained(run_dk, place, "--with-secrets", *words)).code == 0
    assert env() == by_dk


@pytest.mark.parametrize("option", ["--explain", "--dry-run"])
def test_nothing_is_made_by(
    option: str, run_dk: RunDk, engine: sdk.APIClient, place: Workplace, busybox: str
) -> None:
    def everything() -> Any:
        return (
            sorted(each["Id"] for each in engine.containers(all=True)),
            sorted(each["Id"] for each in engine.networks()),
            sorted(each["Name"] for each in engine.volumes()["Volumes"] or ()),
            sorted(each["Id"] for each in engine.images()),
            sorted(place.folder.iterdir()),
        )

    before = everything()
    words = (
        "--net",
        "fresh",
        "-v",
        "fresh:/data",
        "-v",
        "./fresh:/here",
        "-v",
        "/x",
        busybox,
        "ls",
    )
    outcome = run_dk("run", option, "--rm", "-e", "SET", *words, cwd=place.folder)
    assert outcome.code == 0
    assert all(line.startswith("note: ") for line in outcome.err.splitlines())
    assert "fresh" in outcome.out
    assert everything() == before


@pytest.mark.parametrize(
    "case", [case for case, why in STRICTER.items() if why.startswith("the engine")], ids=str
)
def test_what_dk_refuses_before_the_engine_does_the_engine_refuses(
    case: Case, shell: Shell, busybox: str
) -> None:
    assert shell(shlex.join(["docker", "run", "-d", *case.words])).code in {125, 127}


@pytest.mark.parametrize("case", LEFT_TO_THE_ENGINE, ids=str)
def test_what_is_left_to_the_engine_it_refuses(case: Case, docker: RunDocker, busybox: str) -> None:
    outcome = docker("run", "-d", *case.words, check=False)
    assert outcome.code == 125
    assert LEFT_TO_THE_ENGINE[case] in outcome.err
