"""What every test may ask for: dk as a user calls it, docker as the referee, a private engine.

Engine tests (`@pytest.mark.engine`) run in one private engine for the whole run, which
`make test` starts. Anywhere else they do not run, whatever engine is there, and the summary
says so; with CI=true that is a failure. Which engine it is stands in the head of the output.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import docker as sdk
import pytest

PRIVATE_ENGINE = "unix:///run/dk-engine/docker.sock"
IN_PRIVATE_ENGINE = (
    os.environ.get("DK_TEST_ENGINE") == "1" and os.environ.get("DOCKER_HOST") == PRIVATE_ENGINE
)
NO_ENGINE_BECAUSE = os.environ.get("DK_NO_TEST_ENGINE") or "not started by `make test`"
NOT_RUN = pytest.StashKey[int]()


@dataclass(frozen=True)
class Outcome:
    """What became of a program: its exit code and what it wrote."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def out(self) -> str:
        return self.stdout.decode()

    @property
    def err(self) -> str:
        return self.stderr.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


class RunDk(Protocol):
    """Call dk with arguments; `env` adds to the clean environment, None removes from it."""

    def __call__(
        self,
        *argv: str | Path,
        env: Mapping[str, str | None] | None = None,
        stdin: bytes = b"",
        cwd: Path | None = None,
        timeout: float = 60,
    ) -> Outcome: ...


class RunDocker(Protocol):
    """Call the docker CLI; with `check`, a failure of it fails the test."""

    def __call__(self, *argv: str | Path, stdin: bytes = b"", check: bool = True) -> Outcome: ...


# Engine tests run in the private engine or not at all.


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--cases",
        type=int,
        metavar="N",
        help="of a test with more than N cases run N, spread evenly over them",
    )


def pytest_report_header() -> str:
    if not IN_PRIVATE_ENGINE:
        return "engine: none"
    client = sdk.APIClient(base_url=PRIVATE_ENGINE, version="auto")
    try:
        found = client.version()
    finally:
        client.close()
    name = "Podman" if is_podman(found) else "Docker"
    return f"engine: {name} {found['Version']}, API {found['ApiVersion']}"


def is_podman(version: Mapping[str, Any]) -> bool:
    """Whether this answer to `GET /version` comes from Podman."""
    return any(part["Name"] == "Podman Engine" for part in version.get("Components") or ())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    _leave_out_cases(config, items)
    config.stash[NOT_RUN] = 0
    if IN_PRIVATE_ENGINE:
        return
    skip = pytest.mark.skip(reason="needs the private engine of `make test`")
    for item in items:
        if item.get_closest_marker("engine"):
            item.add_marker(skip)
            config.stash[NOT_RUN] += 1


def _leave_out_cases(config: pytest.Config, items: list[pytest.Item]) -> None:
    most: int | None = config.getoption("--cases")
    if most is None:
        return
    tests: dict[str, list[pytest.Item]] = {}
    for item in items:
        tests.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left_out = {
        case
        for cases in tests.values()
        for number, case in enumerate(cases)
        if number * most // len(cases) == (number - 1) * most // len(cases)
    }
    config.hook.pytest_deselected(items=[item for item in items if item in left_out])
    items[:] = [item for item in items if item not in left_out]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _engine_tests_not_run(session.config) and os.environ.get("CI") == "true":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True, tryfirst=True)  # the last word, after the list of skipped tests
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Iterator[None]:
    yield
    if count := _engine_tests_not_run(config):
        write = terminalreporter.write_line
        terminalreporter.section("ENGINE TESTS DID NOT RUN", "!", red=True, bold=True)
        write(f"{count} tests need a real Docker engine, and there was none for them:")
        write(NO_ENGINE_BECAUSE)
        if os.environ.get("CI") == "true":
            write("With CI=true that is a failure.")


def _engine_tests_not_run(config: pytest.Config) -> int:
    return config.stash.get(NOT_RUN, 0)


# dk, as a user calls it


@pytest.fixture
def environ(tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment of a user without any docker configuration.

    Only an engine test's leads to an engine, the private one.
    """
    home = tmp_path / "home"
    home.mkdir()
    is_engine_test = request.node.get_closest_marker("engine") is not None
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "DOCKER_HOST": PRIVATE_ENGINE if is_engine_test else f"unix://{home}/no-engine.sock",
    }


@pytest.fixture
def run_dk(environ: dict[str, str]) -> RunDk:
    def run(
        *argv: str | Path,
        env: Mapping[str, str | None] | None = None,
        stdin: bytes = b"",
        cwd: Path | None = None,
        timeout: float = 60,
    ) -> Outcome:
        merged = {**environ, **(env or {})}
        return _run(
            [sys.executable, "-m", "dk", *map(str, argv)],
            env={key: value for key, value in merged.items() if value is not None},
            stdin=stdin,
            cwd=cwd,
            timeout=timeout,
        )

    return run


@pytest.fixture
def docker(environ: dict[str, str]) -> RunDocker:
    """The docker CLI, to compare with."""

    def run(*argv: str | Path, stdin: bytes = b"", check: bool = True) -> Outcome:
        outcome = _run(["docker", *map(str, argv)], env=environ, stdin=stdin)
        assert not check or outcome.code == 0, f"docker {argv}: {outcome.err}"
        return outcome

    return run


def _run(
    argv: list[str],
    *,
    env: dict[str, str],
    stdin: bytes,
    cwd: Path | None = None,
    timeout: float = 60,
) -> Outcome:
    done = subprocess.run(
        argv, env=env, input=stdin, cwd=cwd, timeout=timeout, capture_output=True, check=False
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


# the private engine


@pytest.fixture(scope="session")
def engine() -> Iterator[sdk.APIClient]:
    """The docker SDK's client of the private engine, for what a test prepares or looks up."""
    assert IN_PRIVATE_ENGINE, "a test that uses the engine must be marked with `engine`"
    client = sdk.APIClient(base_url=PRIVATE_ENGINE, version="auto")
    yield client
    client.close()


@pytest.fixture(scope="session")
def podman(engine: sdk.APIClient) -> bool:
    """Whether the engine is Podman, for what it does otherwise than Docker."""
    return is_podman(engine.version())


@pytest.fixture(scope="session")
def busybox(engine: sdk.APIClient) -> str:
    """The name of an image of Debian's static busybox, made once by import."""
    _import_busybox(engine, "busybox", "latest")
    return "busybox"


def _import_busybox(engine: sdk.APIClient, repository: str, tag: str) -> None:
    program = shutil.which("busybox")
    assert program, "the tests' images are made from Debian's busybox-static"
    applets = subprocess.run([program, "--list"], capture_output=True, text=True, check=True)
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", dereference=True) as tar:
        tar.add(program, "bin/busybox")
        for applet in applets.stdout.split():
            if applet != "busybox":
                link = tarfile.TarInfo(f"bin/{applet}")
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(link)
        for folder, mode in {"etc": 0o755, "root": 0o700, "tmp": 0o1777}.items():
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            tar.addfile(entry)
        for name, text in {
            "passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/tmp:/bin/false\n",
            "group": "root:x:0:\nnogroup:x:65534:\n",
        }.items():
            entry = tarfile.TarInfo(f"etc/{name}")
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    engine.import_image_from_data(
        content.getvalue(), repository=repository, tag=tag, changes=['CMD ["sh"]']
    )


@pytest.fixture(autouse=True)
def _leaves_nothing_in_the_engine(request: pytest.FixtureRequest) -> Iterator[None]:
    """Remove what an engine test made and left; what wider fixtures made before it stays."""
    if not (IN_PRIVATE_ENGINE and request.node.get_closest_marker("engine")):
        yield
        return
    client: sdk.APIClient = request.getfixturevalue("engine")
    before = [ids(client) for ids in (_containers, _networks, _volumes)]
    yield
    containers, networks, volumes = before
    for each in _containers(client) - containers:
        with suppress(sdk.errors.APIError):  # with --rm it may go by itself just now
            client.remove_container(each, force=True, v=True)
    for each in _networks(client) - networks:
        client.remove_network(each)
    for each in _volumes(client) - volumes:
        client.remove_volume(each)


def _containers(client: sdk.APIClient) -> set[str]:
    return {each["Id"] for each in client.containers(all=True)}


def _networks(client: sdk.APIClient) -> set[str]:
    return {each["Id"] for each in client.networks()}


def _volumes(client: sdk.APIClient) -> set[str]:
    return {each["Name"] for each in client.volumes()["Volumes"] or ()}
