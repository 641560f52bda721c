"""Mounts: `-v [SOURCE:]TARGET[:MODE]`."""

import posixpath
import re
from dataclasses import dataclass
from typing import Literal

from dk.errors import UsageError

Kind = Literal["bind", "volume", "anonymous"]

VOLUME_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
EXAMPLE = "e.g. -v ./data:/data, -v NAME:/data or -v ./data:/data:ro"

_READ = {"ro", "rw", "rro", "ro-non-recursive", "ro-force-recursive"}
_LABEL = {"z", "Z"}
_PROPAGATION = {"private", "rprivate", "shared", "rshared", "slave", "rslave"}
_COPY = {"nocopy"}
_CONSISTENCY = {"consistent", "cached", "delegated"}
_GROUPS = (_READ, _LABEL, _PROPAGATION, _COPY, _CONSISTENCY)
_BIND_ONLY = _PROPAGATION | (_READ - {"ro", "rw"})


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder of the host, a named volume or an anonymous one, seen at `target`.

    `source` is an absolute path for a bind, the name of a volume, "" for an anonymous volume.
    The Engine API has bind and volume in `HostConfig.Binds` (as `render()` writes them) and
    anonymous ones in `Config.Volumes`.
    """

    kind: Kind
    target: str
    source: str = ""
    mode: tuple[str, ...] = ()

    def render(self) -> str:
        """Return docker's `-v` form, which is also the text that goes into `Binds`."""
        if self.kind == "anonymous":
            return self.target
        mode = f":{','.join(self.mode)}" if self.mode else ""
        return f"{self.source}:{self.target}{mode}"


def parse_volume(text: str, *, cwd: str) -> Mount:
    """Return the mount of one `-v` value, `[SOURCE:]TARGET[:MODE[,MODE…]]`.

    A source that starts with `.` or `/` is a folder of the host, and one with `.` is made
    absolute against `cwd`; any other is the name of a volume. The split is docker/cli's
    (`internal/volumespec`); what the engine would refuse later (moby `volume/mounts`, Linux) is
    refused here, and so are container paths that do not start with `/`, which some engines take.
    Raises UsageError.
    """
    parts = text.split(":")
    if "" in parts:
        what = "an empty part between colons" if text else "the volume is empty"
        raise UsageError(f"-v {text}: {what}", fix=EXAMPLE)
    if len(parts) > 3:
        raise UsageError(f"-v {text}: too many colons", fix=EXAMPLE)
    if len(parts) == 1:
        return Mount("anonymous", _target(text, text))
    source, target = parts[:2]
    if len(parts) == 2 and source.startswith("/") and _known(target):
        raise UsageError(
            f"-v {text}: {target} is a mode, and the container's path is missing",
            fix=f"e.g. -v {source}:{source}:{target}",
        )
    kind, source = _source(source, text, cwd)
    mode = tuple(parts[2].split(",")) if len(parts) == 3 else ()
    _check_mode(mode, kind, text)
    return Mount(kind, _target(target, text), source, mode)


def _source(source: str, text: str, cwd: str) -> tuple[Kind, str]:
    if source.startswith("/"):
        return "bind", source
    if source.startswith("."):
        return "bind", posixpath.normpath(posixpath.join(cwd, source))
    if source.startswith("~"):
        raise UsageError(
            f"-v {text}: {source} is not expanded",
            "only the shell knows ~, and only at the start of an unquoted word",
            'write "$HOME" instead of ~',
        )
    if VOLUME_NAME.fullmatch(source):
        return "volume", source
    if len(source) == 1 and source.isalnum():
        raise UsageError(
            f"-v {text}: {source} is too short for the name of a volume",
            "a name has at least two characters; Windows paths need a Windows engine",
            EXAMPLE,
        )
    raise UsageError(
        f"-v {text}: {source} is not the name of a volume",
        "names hold letters, digits, _ . and -, and start with a letter or digit",
        f"for a folder write -v ./{source}:…" if "/" in source else EXAMPLE,
    )


def _target(target: str, text: str) -> str:
    if not target.startswith("/"):
        raise UsageError(
            f"-v {text}: {target} is not an absolute path in the container", fix=EXAMPLE
        )
    if posixpath.normpath(target.replace("\\", "/")).strip("/") == "":
        raise UsageError(f"-v {text}: the container's root can't be a mount", fix=EXAMPLE)
    return target


def _known(mode: str) -> bool:
    return all(any(word in group for group in _GROUPS) for word in mode.split(","))


def _check_mode(mode: tuple[str, ...], kind: Kind, text: str) -> None:
    for word in mode:
        if not _known(word):
            raise UsageError(
                f"-v {text}: {word or 'an empty text'} is not a mode",
                fix="use ro, rw, z, Z, nocopy, cached, or a propagation such as rshared",
            )
        if word in _BIND_ONLY and kind != "bind":
            raise UsageError(f"-v {text}: {word} is for folders of the host only", fix=EXAMPLE)
        if word in _COPY and kind == "bind":
            raise UsageError(f"-v {text}: {word} is for named volumes only", fix=EXAMPLE)
    for group in _GROUPS:
        same = [word for word in mode if word in group]
        if len(same) > 1:
            raise UsageError(
                f"-v {text}: {' and '.join(same)} exclude each other", fix="keep one of them"
            )
