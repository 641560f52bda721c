"""Docker's own JSON files: config.json with the form that docker gives it, and any other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dk.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Check = Callable[[str, Any], Iterator["Mistake"]]

USED = {
    "currentContext", "HttpHeaders", "auths", "credsStore", "credHelpers", "proxies", "detachKeys",
    "pruneFilters",
}  # fmt: skip
"""The keys that dk or the docker SDK reads: without them in order dk does nothing."""

_FIX = "correct it or move it away"


class Mistake(NamedTuple):
    """A value in config.json that docker can't take: its place, `HttpHeaders.X-Team`, and why."""

    place: str
    why: str


def config_folder(environ: Mapping[str, str]) -> Path:
    """Return docker's configuration folder: `DOCKER_CONFIG`, else `~/.docker`."""
    return Path(environ.get("DOCKER_CONFIG") or home(environ) / ".docker")


def config_path(environ: Mapping[str, str]) -> Path:
    """Return where config.json is, or would be."""
    return config_folder(environ) / "config.json"


def home(environ: Mapping[str, str]) -> Path:
    """Return the user's home folder: `HOME`, else the password database's."""
    return Path(environ.get("HOME") or Path.home())


def read_config(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return docker's config.json, empty where there is none.

    UsageError where it can't be read, or where one of the keys that dk uses has another form than
    docker's. docker itself warns and goes on without that key, which may be another engine.
    """
    config = load_config(environ)
    for mistake in mistakes(config):
        if re.split(r"[.\[]", mistake.place)[0] in USED:
            raise UsageError(
                f"docker's file has a mistake: {config_path(environ)}",
                f"{mistake.place} {mistake.why}",
                "correct it or take it out",
            )
    return config


def load_config(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return docker's config.json with whatever is in it, empty where there is none."""
    return read_json(config_path(environ)) or {}


def http_headers(config: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the headers for every request. As in docker, User-Agent stays the program's own."""
    headers = config.get("HttpHeaders") or {}
    return {
        name: (value or "").encode()
        for name, value in headers.items()
        if name.lower() != "user-agent"
    }


def mistakes(config: Mapping[str, Any]) -> Iterator[Mistake]:
    """Yield every value that docker can't take (docker/cli cli/config/configfile); null it can."""
    for key, check in _KNOWN.items():
        yield from check(key, config.get(key))


def read_json(file: Path) -> dict[str, Any] | None:
    """Return the object in a file of docker's, None where there is no file; else UsageError."""
    import json

    try:
        if file.is_fifo():
            raise broken(file, "it is a pipe, and nobody may ever write to it")
        text = file.read_text("utf-8")
        data = json.loads(text) if text.strip() else {}
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise broken(file, error.strerror or str(error)) from error
    except json.JSONDecodeError as error:
        raise broken(file, f"line {error.lineno}: {error.msg}") from error
    except UnicodeDecodeError as error:
        raise broken(file, "it is not UTF-8 text") from error
    except (RecursionError, ValueError) as error:  # nested too deep, a number too long
        raise broken(file, str(error)) from error
    if not isinstance(data, dict):
        raise broken(file, "it is not a JSON object")
    return data


def broken(file: Path, why: str) -> UsageError:
    """Return the error for a file of docker's that is of no use."""
    return UsageError(f"docker's file can't be read: {file}", why, _FIX)


def _text(place: str, value: Any) -> Iterator[Mistake]:
    if not isinstance(value, str | None):
        yield Mistake(place, "is not a text")


def _texts(place: str, value: Any) -> Iterator[Mistake]:
    if not isinstance(value, list | None):
        yield Mistake(place, "is not a list")
        return
    for index, item in enumerate(value or ()):
        yield from _text(f"{place}[{index}]", item)


def _object(check: Check, *, names: set[str] | None = None) -> Check:
    """Return the check of an object: of its values under these names, or of all."""

    def checked(place: str, value: Any) -> Iterator[Mistake]:
        if not isinstance(value, dict | None):
            yield Mistake(place, "is not an object")
            return
        for name, item in (value or {}).items():
            if names is None or name in names:
                yield from check(f"{place}.{name}", item)

    return checked


def _header(place: str, value: Any) -> Iterator[Mistake]:
    name = place.partition(".")[2]
    if not re.fullmatch(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+", name):
        yield Mistake(place, "is no name of an HTTP header")
    elif isinstance(value, str) and re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value):
        yield Mistake(place, "holds a control character")
    else:
        yield from _text(place, value)


def _login(place: str, value: Any) -> Iterator[Mistake]:
    yield from _LOGIN(place, value)
    encoded = value.get("auth") if isinstance(value, dict) else None
    if isinstance(encoded, str) and encoded and not _is_login(encoded):
        yield Mistake(f"{place}.auth", "is not user:password in base64")


def _is_login(encoded: str) -> bool:
    from base64 import b64decode

    try:
        user, colon, _ = b64decode(encoded, validate=True).partition(b":")
    except ValueError:
        return False
    return bool(user and colon)


_LOGIN = _object(
    _text,
    names={
        "auth", "email", "identitytoken", "password", "registrytoken", "serveraddress", "username",
    },
)  # fmt: skip
_PROXY = _object(_text, names={"allProxy", "ftpProxy", "httpProxy", "httpsProxy", "noProxy"})
_TEXTS_BY_NAME = _object(_text)

_KNOWN: Mapping[str, Check] = {
    "currentContext": _text,
    "HttpHeaders": _object(_header),
    "auths": _object(_login),
    "credsStore": _text,
    "credHelpers": _TEXTS_BY_NAME,
    "proxies": _object(_PROXY),
    "cliPluginsExtraDirs": _texts,
    "plugins": _object(_TEXTS_BY_NAME),
    "aliases": _TEXTS_BY_NAME,
    "features": _TEXTS_BY_NAME,
    "pruneFilters": _texts,
    "detachKeys": _text,
    **dict.fromkeys(
        (
            "configFormat", "imagesFormat", "networksFormat", "nodesFormat", "pluginsFormat",
            "psFormat", "secretFormat", "serviceInspectFormat", "servicesFormat", "statsFormat",
            "tasksFormat", "volumesFormat",
        ),
        _text,
    ),
}  # fmt: skip
