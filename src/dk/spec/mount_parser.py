"""The text of `--mount type=bind,source=./data,target=/data,readonly`, read."""

import posixpath
from dataclasses import dataclass, field

from dk.errors import UsageError
from dk.spec.go_syntax import lower, parse_bool, parse_int, read_record
from dk.spec.mount_option import (
    BindOptions,
    ImageOptions,
    MountOption,
    TmpfsOptions,
    VolumeOptions,
)
from dk.spec.mount_rules import EXAMPLE, check_mount
from dk.spec.size import parse_size

TYPES = ("bind", "volume", "tmpfs", "image", "npipe", "cluster")
RECURSIONS = ("enabled", "disabled", "writable", "readonly")
SWITCHES = ("readonly", "bind-nonrecursive", "volume-nocopy")
MAPS = ("volume-label", "volume-opt")
OTHERS = (
    "type", "source", "target", "consistency", "bind-propagation", "bind-recursive",
    "volume-driver", "volume-subpath", "tmpfs-size", "tmpfs-mode", "image-subpath",
)  # fmt: skip
KEYS = (*SWITCHES, *MAPS, *OTHERS)
OTHER_NAMES = {"src": "source", "dst": "target", "destination": "target", "ro": "readonly"}


def parse_mount(text: str, *, cwd: str) -> MountOption:
    """Return the mount of one `--mount` value.

    As docker/cli `opts.MountOpt` of 28.2: the type is `volume` if none is said, of a key that is
    said twice the last counts, and a source that starts with `.` is made absolute against `cwd`.
    What the engine would refuse (moby `volume/mounts`, Linux) is refused here. Raises UsageError.
    """
    said = _Said(text)
    for part in _record(text):
        said.take(part)
    mount = MountOption(
        type=said.texts.get("type", "volume"),
        target=said.texts.get("target", ""),
        source=_absolute(said.texts.get("source", ""), cwd),
        read_only=said.switches.get("readonly", False),
        consistency=said.texts.get("consistency", ""),
        bind=said.bind(),
        volume=said.volume(),
        tmpfs=said.tmpfs(),
        image=said.image(),
    )
    _check_type(mount.type, said)
    check_mount(mount, text)
    return mount


def _record(text: str) -> tuple[str, ...]:
    try:
        return read_record(text)
    except ValueError as error:
        raise UsageError(f"--mount {text}: {error}", fix=EXAMPLE) from None


def _absolute(source: str, cwd: str) -> str:
    if source.startswith("."):
        return posixpath.normpath(posixpath.join(cwd, source))
    return source


@dataclass(slots=True)
class _Said:
    """What the fields of one value say so far, each checked by itself."""

    whole: str
    texts: dict[str, str] = field(default_factory=dict)
    switches: dict[str, bool] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    maps: dict[str, dict[str, str]] = field(default_factory=dict)
    recursions: set[str] = field(default_factory=set)
    keys: list[str] = field(default_factory=list)

    def take(self, part: str) -> None:
        name, equals, value = part.partition("=")
        key = OTHER_NAMES.get(lower(name), lower(name))
        if key not in KEYS:
            raise self.problem(f"{name or 'an empty field'} is not one of its keys", _near(key))
        if not equals and key not in SWITCHES:
            raise self.problem(f"{name} has no value", f"write {key}=…")
        self.keys.append(key)
        if key in SWITCHES:
            self._switch(key, value if equals else "true")
        elif key in MAPS:
            self._pair(key, value)
        elif key in {"tmpfs-size", "tmpfs-mode"}:
            self.numbers[key] = self._size(value) if key == "tmpfs-size" else self._mode(value)
        elif key == "bind-recursive":
            self._recursion(value)
        elif key in {"type", "consistency", "bind-propagation"}:
            self.texts[key] = lower(value)
        else:
            self.texts[key] = value

    def problem(self, what: str, fix: str, why: str = "") -> UsageError:
        return UsageError(f"--mount {self.whole}: {what}", why, fix)

    def _switch(self, key: str, value: str) -> None:
        on = parse_bool(value)
        if on is None:
            raise self.problem(f"{key}={value} is neither true nor false", f"write {key} by itself")
        self.switches[key] = on
        if key == "bind-nonrecursive":
            change = self.recursions.add if on else self.recursions.discard
            change("disabled")

    def _pair(self, key: str, value: str) -> None:
        name, _, content = value.partition("=")
        if not name:
            raise self.problem(f"the name in {key}={value} is empty", f"e.g. {key}=NAME=VALUE")
        self.maps.setdefault(key, {})[name] = content

    def _size(self, value: str) -> int:
        try:
            return parse_size(value)
        except UsageError as error:
            raise self.problem(f"tmpfs-size: {error.what}", "e.g. tmpfs-size=64m") from None

    def _mode(self, value: str) -> int:
        mode = parse_int(value, range(2**32), base=8)
        if mode is None:
            raise self.problem(f"tmpfs-mode={value} is not an octal number", "e.g. tmpfs-mode=1777")
        return mode

    def _recursion(self, value: str) -> None:
        if value not in RECURSIONS:
            raise self.problem(
                f"bind-recursive={value} is unknown", f"use one of {', '.join(RECURSIONS)}"
            )
        if value != "enabled":
            self.recursions.add(value)

    def bind(self) -> BindOptions | None:
        if len(self.recursions) > 1:
            both = " and ".join(f"bind-recursive={word}" for word in sorted(self.recursions))
            raise self.problem(f"{both} exclude each other", "keep one of them")
        if not ({"bind-propagation", "bind-nonrecursive"} & set(self.keys) or self.recursions):
            return None
        return BindOptions(self.texts.get("bind-propagation", ""), "".join(self.recursions))

    def volume(self) -> VolumeOptions | None:
        if not any(key.startswith("volume-") for key in self.keys):
            return None
        return VolumeOptions(
            nocopy=self.switches.get("volume-nocopy", False),
            labels=tuple(self.maps.get("volume-label", {}).items()),
            driver=self.texts.get("volume-driver", ""),
            driver_options=tuple(self.maps.get("volume-opt", {}).items()),
            subpath=self.texts.get("volume-subpath", ""),
        )

    def tmpfs(self) -> TmpfsOptions | None:
        if not self.numbers:
            return None
        return TmpfsOptions(self.numbers.get("tmpfs-size", 0), self.numbers.get("tmpfs-mode", 0))

    def image(self) -> ImageOptions | None:
        subpath = self.texts.get("image-subpath")
        return None if subpath is None else ImageOptions(subpath)


def _near(key: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key, [*KEYS, *OTHER_NAMES], n=1)
    return f"did you mean {near[0]}?" if near else EXAMPLE


def _check_type(kind: str, said: _Said) -> None:
    if kind not in TYPES:
        raise said.problem(f"{kind or 'an empty text'} is not a type", f"use {', '.join(TYPES)}")
    for key in said.keys:
        group, dash, _ = key.partition("-")
        if dash and group != kind:
            default = "" if "type" in said.keys else "volume is the type when none is said"
            raise said.problem(
                f"{key} does not go with type={kind}", f"say type={group}, or leave it out", default
            )
