"""On a real engine: `dk run`, `docker run` and the lines of `--explain` leave the same state."""

import re
import shlex
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import docker as sdk
import pytest

from tests.conftest import Outcome, RunDk

from .comparison import by_name
from .flags import ENVIRON, Case
from .sides import Workplace
from .test_refusals import STRICTER

pytestmark = pytest.mark.engine

NAME = "parity"

SAMPLE = tuple(
    Case(words)
    for words in (
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
    )
)  # fmt: skip


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


@pytest.fixture
def others(engine: sdk.APIClient, busybox: str) -> None:
    """What lines of the sample name: a network, and a container that runs."""
    engine.create_network("web")
    made = engine.create_container(busybox, ["sleep", "60"], name="other")
    engine.start(made)


def taken(engine: sdk.APIClient) -> Any:
    """Look at the container, remove it, and return what is not this one's alone."""
    try:
        found = engine.inspect_container(NAME)
    except sdk.errors.NotFound:
        return None
    engine.remove_container(NAME, force=True, v=True)
    return settled(found)


def settled(found: dict[str, Any]) -> dict[str, Any]:
    """Return an inspected container without ids, times, addresses and ports the engine chose."""
    config, host, networking = found["Config"], found["HostConfig"], found["NetworkSettings"]
    short_id = found["Id"][:12]
    # docker's CLI sends null or [] for no ulimits and the like, by its version.
    host = {key: None if value == [] else value for key, value in host.items()}
    host["Binds"] = sorted(host["Binds"] or ())  # docker sends them in random order
    config["Env"] = by_name(config["Env"] or [])  # and these
    config["Hostname"] = config["Hostname"].replace(short_id, "(its id)")
    mounts = sorted(found["Mounts"], key=lambda mount: mount["Destination"])
    for mount in mounts:
        if re.fullmatch("[0-9a-f]{64}", mount.get("Name", "")):
            mount["Name"] = mount["Source"] = "(anonymous)"
    endpoints = {
        name: {
            "Aliases": sorted({*(endpoint["Aliases"] or ())} - {short_id}),
            "IPAMConfig": endpoint["IPAMConfig"] or {},
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
        "State": {key: found["State"][key] for key in ("Status", "ExitCode", "OOMKilled", "Error")},
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


@pytest.mark.parametrize("case", SAMPLE, ids=str)
@pytest.mark.usefixtures("others")
def test_all_three_leave_the_same_container(
    case: Case, run_dk: RunDk, shell: Shell, engine: sdk.APIClient, place: Workplace
) -> None:
    words = ("--name", NAME, *case.words)
    by_docker = shell(shlex.join(["docker", "run", *words]))
    docker_left = taken(engine)
    assert docker_left is not None, by_docker.err

    by_dk = run_dk("run", *words, cwd=place.folder)
    assert taken(engine) == docker_left
    assert by_dk.code == by_docker.code
    if docker_left["Config"]["AttachStdout"]:
        assert (by_dk.stdout, by_dk.stderr) == (by_docker.stdout, by_docker.stderr)

    lines = explained(run_dk, place, "--with-secrets", *words)
    by_shell = shell(lines)
    assert taken(engine) == docker_left
    assert by_shell.code == by_docker.code


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
    assert (outcome.code, outcome.err) == (0, "")
    assert "fresh" in outcome.out
    assert everything() == before


@pytest.mark.parametrize(
    "case", [case for case, why in STRICTER.items() if why.startswith("the engine")], ids=str
)
def test_what_dk_refuses_before_the_engine_does_the_engine_refuses(
    case: Case, shell: Shell, busybox: str
) -> None:
    assert shell(shlex.join(["docker", "run", "-d", *case.words])).code == 125
