"""`dk doctor` where docker is broken in real ways, and where it works."""

import json
import os
import shlex
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import docker as sdk
import jsonschema
import pytest

from dk.engine.examine import examine
from dk.report import Mark
from dk.reports.doctor import Finding
from tests.conftest import RunDk, RunDocker

CHECKS = [
    "config.json", "context", "connection", "versions", "disk space", "buildx", "compose",
    "credentials",
]  # fmt: skip
METADATA = json.dumps({"SchemaVersion": "0.1.0", "Vendor": "x", "Version": "v9"})


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path, as sockets want, that other users may look into."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def config(environ: dict[str, str]) -> Path:
    file = Path(environ["HOME"], ".docker/config.json")
    file.parent.mkdir()
    return file


def rows(document: Any) -> dict[str, dict[str, Any]]:
    return {row["check"]: row for row in document["rows"]}


def statuses(document: Any) -> dict[str, str]:
    return {row["check"]: row["status"] for row in document["rows"]}


def program(path: Path, script: str, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(mode)
    return path


def found(environ: dict[str, str], host: str) -> dict[str, Finding]:
    findings = examine(host=host, context=None, environ=environ).findings
    return {finding.check: finding for finding in findings}


# without an engine


def test_without_any_engine_the_whole_list_is_shown(run_dk: RunDk) -> None:
    done = run_dk("doctor")
    lines = done.out.splitlines()
    assert done.code == 1
    assert [check for check in CHECKS if any(line[2:].startswith(check) for line in lines)] == (
        CHECKS
    )
    assert any(line.startswith("✗ connection    there is no ") for line in lines)
    assert "- versions      not checked: no engine" in lines
    assert lines[-1].startswith("1 problem")
    assert done.err == ""


def test_as_json_it_is_the_common_document_with_problems_as_errors(
    run_dk: RunDk, schema: dict[str, Any], environ: dict[str, str]
) -> None:
    done = run_dk("doctor", "--json")
    document = done.json
    jsonschema.validate(document, schema)
    assert done.code == document["exit_code"] == 1
    assert [row["check"] for row in document["rows"]] == CHECKS
    assert statuses(document)["connection"] == "problem"
    assert statuses(document)["disk space"] == "unchecked"
    assert [error["fix"] for error in document["errors"]] == [rows(document)["connection"]["fix"]]
    assert document["engine"]["address"] == environ["DOCKER_HOST"]


def test_quiet_names_what_has_a_problem(run_dk: RunDk) -> None:
    assert (run_dk("doctor", "-q").out, run_dk("doctor", "-q").code) == ("connection\n", 1)


def test_a_locale_without_unicode_gets_ascii(run_dk: RunDk) -> None:
    done = run_dk("doctor", env={"PYTHONIOENCODING": "ascii"})
    assert done.stdout.isascii()
    assert "\nx  connection " in done.out
    assert "\\u" not in done.out


def test_explain_looks_at_nothing(run_dk: RunDk, config: Path) -> None:
    marker = config.parent / "was-run"
    program(config.parent / "cli-plugins/docker-buildx", f"touch {marker}")
    done = run_dk("doctor", "--explain", "-H", "unix:///x")
    lines = [line for line in done.out.splitlines() if not line.startswith("#")]
    assert (done.code, lines[0]) == (0, "docker -H unix:///x context ls")
    assert not marker.exists()


def test_a_dead_socket_and_a_file_that_is_none(run_dk: RunDk, folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(folder / "dead"))
    (folder / "file").touch()
    down, no_socket = (
        rows(run_dk("doctor", "--json", "-H", f"unix://{folder / name}").json)["connection"]
        for name in ("dead", "file")
    )
    assert "nothing listens" in down["finding"]
    assert "start it: " in down["fix"]
    assert no_socket["finding"] == f"{folder}/file is not a socket"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user's socket")
def test_a_socket_without_permission_says_which_group_to_join(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "sock"))
        server.listen()
        (folder / "sock").chmod(0o660)
        os.chown(folder / "sock", 0, 1)
        os.seteuid(65534)
        try:
            findings = found({"HOME": str(folder), "PATH": ""}, f"unix://{folder}/sock")
        finally:
            os.seteuid(0)
    connection = findings["connection"]
    assert (connection.mark, connection.text) == (Mark.BAD, "your user may not open the socket")
    assert "sudo usermod -aG daemon $USER" in connection.fix
    assert findings["credentials"].mark is Mark.GOOD


@contextmanager
def listening(path: Path, answer: bytes, *, for_ever: bytes = b"") -> Iterator[None]:
    """A socket that takes connections, says `answer`, and then `for_ever` again and again."""
    held: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                held.append(server.accept()[0])
                held[-1].sendall(answer)
                while for_ever:
                    held[-1].sendall(for_ever)
                    time.sleep(0.01)

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield
        server.shutdown(socket.SHUT_RDWR)
        for peer in held:
            peer.close()
        thread.join()


@pytest.mark.parametrize("for_ever", [b"", b"x"])
def test_an_engine_that_hangs_is_given_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch, for_ever: bytes
) -> None:
    monkeypatch.setattr("dk.engine.client.PING_TIMEOUT", 0.5)
    beginning = b"HTTP/1.1 200 OK\r\nX-Long: " if for_ever else b""
    with listening(folder / "sock", beginning, for_ever=for_ever):
        findings = found({"HOME": str(folder), "PATH": ""}, f"unix://{folder}/sock")
    assert "nothing answered in time" in findings["connection"].text
    assert findings["versions"].mark is Mark.OPEN
    assert findings["credentials"].mark is Mark.GOOD


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "not a Docker engine"),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno", "HTTP 502: no"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0"),
    ],
)
def test_what_answers_but_is_no_engine(
    folder: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes, text: str
) -> None:
    monkeypatch.setattr("dk.engine.client.PING_TIMEOUT", 2)
    with listening(folder / "sock", answer):
        findings = found({"HOME": str(folder), "PATH": ""}, f"unix://{folder}/sock")
    problems = [finding for finding in findings.values() if finding.mark is Mark.BAD]
    assert len(problems) == 1
    assert text in problems[0].text


def test_an_unknown_context_leaves_the_rest_to_be_looked_at(run_dk: RunDk) -> None:
    document = run_dk("doctor", "--json", "--context", "prdo").json
    assert rows(document)["context"]["finding"] == "no context prdo: asked for by --context"
    assert rows(document)["connection"]["finding"] == "not checked: no context"
    assert statuses(document)["credentials"] == "ok"
    assert document["engine"] is None


def test_a_broken_config_json_hides_nothing_else(run_dk: RunDk, config: Path) -> None:
    for text, finding in {
        "{": f"docker's file can't be read: {config}: line 1: ",
        '{"HttpHeaders": {"A": 3}}': "HttpHeaders.A is not a text",
        '{"currentContext": 3}': "currentContext is not a text",
    }.items():
        config.write_text(text)
        document = run_dk("doctor", "--json").json
        assert statuses(document)["config.json"] == "problem"
        assert rows(document)["config.json"]["finding"].startswith(finding)
        assert "there is no" in rows(document)["connection"]["finding"]


def test_other_commands_name_the_key_that_is_broken(run_dk: RunDk, config: Path) -> None:
    config.write_text('{"HttpHeaders": {"A": 3}}')
    done = run_dk("ps")
    assert done.code == 2
    assert done.err == (
        f"dk: docker's file has a mistake: {config}\n"
        "    HttpHeaders.A is not a text\n"
        "    correct it or take it out\n"
    )


def test_a_context_that_docker_host_hides_is_a_note(run_dk: RunDk, config: Path) -> None:
    config.write_text('{"currentContext": "prod"}')
    context = rows(run_dk("doctor", "--json").json)["context"]
    assert context["status"] == "note"
    assert context["fix"] == "for prod: unset DOCKER_HOST"


def test_lost_credential_helpers_are_problems(run_dk: RunDk, config: Path, folder: Path) -> None:
    program(folder / "docker-credential-well", "")
    program(folder / "docker-credential-locked", "", mode=0o644)
    config.write_text(
        json.dumps(
            {"credsStore": "gone", "credHelpers": {"a.io": "well", "b.io": "locked", "c.io": ""}}
        )
    )
    path = f"{folder}:{os.environ['PATH']}"
    document = run_dk("doctor", "--json", env={"PATH": path}).json
    fixes = {r["finding"]: r["fix"] for r in document["rows"] if r["check"] == "credentials"}
    assert fixes == {
        f"{folder}/docker-credential-locked is not executable": (
            f"chmod +x {folder}/docker-credential-locked"
        ),
        "no docker-credential-gone in PATH, named by credsStore": (
            f"install it, or take credsStore out of {config}"
        ),
    }


def test_plugins_are_told_with_their_version_and_a_hanging_one_is_given_up(
    run_dk: RunDk, config: Path
) -> None:
    plugins = config.parent / "cli-plugins"
    well = program(plugins / "docker-compose", f"echo '{METADATA}'")
    hangs = program(plugins / "docker-buildx", "sleep 600")
    document = run_dk("doctor", "--json").json
    assert rows(document)["compose"]["finding"] == f"v9, {well}"
    assert rows(document)["buildx"]["status"] == "problem"
    assert rows(document)["buildx"]["finding"].startswith(f"{hangs} did not finish its answer")


def test_an_empty_host_is_the_default_socket_whatever_docker_host_says(run_dk: RunDk) -> None:
    document = run_dk("doctor", "--json", "-H", "").json
    assert document["engine"]["address"] == "unix:///var/run/docker.sock"
    assert document["docker"][0] == ["docker", "-H", "", "context", "ls"]
    assert run_dk("doctor", "-H", "", "--context", "default", "-q").out == "context\n"


def test_a_name_that_can_be_no_host_is_unknown(run_dk: RunDk) -> None:
    assert "the name a..b is unknown" in run_dk("-H", "tcp://a..b:1", "ps").err


# with an engine


@pytest.mark.engine
def test_a_working_engine_is_told_with_its_versions_and_disk(
    run_dk: RunDk, engine: sdk.APIClient, schema: dict[str, Any]
) -> None:
    done = run_dk("doctor", "--json")
    jsonschema.validate(done.json, schema)
    found = rows(done.json)
    assert done.code == 0
    assert done.json["errors"] == []
    assert found["versions"]["details"]["version"] == engine.version()["Version"]
    assert found["disk space"]["details"]["path"] == engine.info()["DockerRootDir"]
    size = os.statvfs(engine.info()["DockerRootDir"])
    assert found["disk space"]["details"]["size"] == size.f_blocks * size.f_frsize


@pytest.mark.engine
def test_it_asks_the_engine_for_three_things_and_changes_none(
    run_dk: RunDk, engine: sdk.APIClient
) -> None:
    since = time.time()
    before = engine.info()
    assert run_dk("doctor").code == 0
    after = engine.info()
    events = engine.events(since=int(since), until=int(time.time()) + 1, decode=True)
    assert [event for event in events if event["timeNano"] > since * 1e9] == []
    assert [after[key] for key in ("Containers", "Images", "ID")] == [
        before[key] for key in ("Containers", "Images", "ID")
    ]


@pytest.mark.engine
def test_an_api_version_that_the_engine_refuses_is_a_problem(
    run_dk: RunDk, docker: RunDocker, environ: dict[str, str]
) -> None:
    for version, is_fine in {"1.99": False, "1.5": False, "1.40": True}.items():
        done = run_dk("doctor", "--json", env={"DOCKER_API_VERSION": version})
        assert (statuses(done.json)["versions"] == "ok") is is_fine
        environ["DOCKER_API_VERSION"] = version
        assert (docker("ps", check=False).code == 0) is is_fine
        del environ["DOCKER_API_VERSION"]


@pytest.mark.engine
def test_a_broken_config_json_does_not_hide_a_working_engine(run_dk: RunDk, config: Path) -> None:
    config.write_text('{"HttpHeaders": {"A": 3}}')
    document = run_dk("doctor", "--json").json
    assert statuses(document)["config.json"] == "problem"
    assert statuses(document)["connection"] == statuses(document)["versions"] == "ok"


@pytest.mark.engine
def test_headers_of_config_json_reach_the_engine_in_any_script(run_dk: RunDk, config: Path) -> None:
    config.write_text('{"HttpHeaders": {"X-Team": "日本"}}')
    assert run_dk("ps").code == 0
    assert statuses(run_dk("doctor", "--json").json)["connection"] == "ok"


@pytest.mark.engine
def test_the_plugin_is_the_one_that_docker_takes(
    run_dk: RunDk, docker: RunDocker, config: Path, folder: Path
) -> None:
    for place in (folder, config.parent / "cli-plugins"):
        program(
            place / "docker-compose",
            f"case $1 in docker-cli*) echo '{METADATA}';; *) echo {place};; esac",
        )
    for extra in ([], [str(folder)]):
        config.write_text(json.dumps({"cliPluginsExtraDirs": extra}))
        taken = docker("compose", "version").out.strip()
        assert rows(run_dk("doctor", "--json").json)["compose"]["details"]["path"] == (
            f"{taken}/docker-compose"
        )


@pytest.mark.engine
def test_the_explained_commands_are_dockers(run_dk: RunDk, environ: dict[str, str]) -> None:
    lines = run_dk("doctor", "--explain").out.splitlines()
    commands = [shlex.split(line) for line in lines if not line.startswith("#")]
    assert len(commands) == 5
    for command in commands[:3]:  # the others are plugins, which need not be here
        subprocess.run(command, env=environ, check=True, capture_output=True)
