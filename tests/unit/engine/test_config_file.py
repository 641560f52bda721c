"""config.json: what docker can't take is named by its key, and what docker takes is taken."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from dk.engine.config_file import http_headers, mistakes, read_config
from dk.errors import UsageError

Env = dict[str, str]


@pytest.fixture
def environ(tmp_path: Path) -> Env:
    return {"DOCKER_CONFIG": str(tmp_path)}


def write(environ: Env, config: Any) -> Path:
    file = Path(environ["DOCKER_CONFIG"], "config.json")
    file.write_text(config if isinstance(config, str) else json.dumps(config))
    return file


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"HttpHeaders": 3}, "HttpHeaders", "is not an object"),
    ({"HttpHeaders": {"A": 3}}, "HttpHeaders.A", "is not a text"),
    ({"HttpHeaders": {"A b": "x"}}, "HttpHeaders.A b", "is no name of an HTTP header"),
    ({"HttpHeaders": {"": "x"}}, "HttpHeaders.", "is no name of an HTTP header"),
    ({"HttpHeaders": {"A": "x\ny"}}, "HttpHeaders.A", "holds a control character"),
    ({"currentContext": 3}, "currentContext", "is not a text"),
    ({"credsStore": ["x"]}, "credsStore", "is not a text"),
    ({"credHelpers": {"gcr.io": 3}}, "credHelpers.gcr.io", "is not a text"),
    ({"auths": []}, "auths", "is not an object"),
    ({"auths": {"r": 1}}, "auths.r", "is not an object"),
    ({"auths": {"r": {"auth": 3}}}, "auths.r.auth", "is not a text"),
    ({"auths": {"r": {"auth": "x"}}}, "auths.r.auth", "is not user:password in base64"),
    ({"auths": {"r": {"auth": "eA=="}}}, "auths.r.auth", "is not user:password in base64"),
    ({"proxies": {"default": {"httpProxy": 3}}}, "proxies.default.httpProxy", "is not a text"),
]

WARNED_OF: list[tuple[dict[str, Any], str, str]] = [
    ({"psFormat": 3}, "psFormat", "is not a text"),
    ({"cliPluginsExtraDirs": "/x"}, "cliPluginsExtraDirs", "is not a list"),
    ({"cliPluginsExtraDirs": [3]}, "cliPluginsExtraDirs[0]", "is not a text"),
    ({"plugins": {"p": {"on": True}}}, "plugins.p.on", "is not a text"),
]

TAKEN: list[dict[str, Any]] = [
    {},
    {"HttpHeaders": None, "auths": None, "credHelpers": None, "cliPluginsExtraDirs": None},
    {"HttpHeaders": {"X-Team": "日本\tü", "A": None}},
    {"auths": {"r": {"auth": "dTpw", "whatever": 3}, "s": {}}},
    {"unknown": {"to": ["docker"]}},
]


@pytest.mark.parametrize(("config", "place", "why"), REFUSED + WARNED_OF)
def test_a_mistake_is_named_by_its_key(config: dict[str, Any], place: str, why: str) -> None:
    assert list(mistakes(config)) == [(place, why)]


@pytest.mark.parametrize("config", TAKEN)
def test_what_docker_takes_is_no_mistake(config: dict[str, Any], environ: Env) -> None:
    assert not list(mistakes(config))
    write(environ, config)
    assert read_config(environ) == config


@pytest.mark.parametrize(("config", "place", "why"), REFUSED)
def test_a_key_that_dk_uses_must_be_in_order(
    config: dict[str, Any], place: str, why: str, environ: Env
) -> None:
    file = write(environ, config)
    with pytest.raises(UsageError) as error:
        read_config(environ)
    assert str(file) in error.value.what
    assert error.value.why == f"{place} {why}"


@pytest.mark.parametrize("config", [config for config, _, _ in WARNED_OF])
def test_another_key_keeps_no_command_from_its_work(config: dict[str, Any], environ: Env) -> None:
    write(environ, config)
    assert read_config(environ) == config


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": 1' + "0" * 5000 + "}", "{'a': 1}"])
def test_whatever_is_in_the_file_the_file_is_named(text: str, environ: Env) -> None:
    file = write(environ, text)
    with pytest.raises(UsageError) as error:
        read_config(environ)
    assert str(file) in error.value.what


def test_a_pipe_is_not_waited_for(environ: Env) -> None:
    os.mkfifo(Path(environ["DOCKER_CONFIG"], "config.json"))
    with pytest.raises(UsageError, match=r"config\.json") as error:
        read_config(environ)
    assert "pipe" in error.value.why


def test_headers_are_sent_in_utf_8_but_for_the_programs_own_name() -> None:
    config = {"HttpHeaders": {"X-Team": "日", "user-agent": "other", "Empty": None}}
    assert http_headers(config) == {"X-Team": "日".encode(), "Empty": b""}
