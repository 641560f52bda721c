"""Mounts, the long form: `--mount type=bind,source=./data,target=/data,readonly`."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from dk.errors import UsageError
from dk.plan import Json
from dk.spec.go_syntax import lower, parse_bool, parse_int, read_record, write_record
from dk.spec.mount import VOLUME_NAME
from dk.spec.size import parse_size

TYPES = ("bind", "volume", "tmpfs", "image", "npipe", "cluster")
PROPAGATIONS = ("private", "rprivate", "shared", "rshared", "slave", "rslave")
RECURSIONS = ("enabled", "disabled", "writable", "readonly")
SWITCHES = ("readonly", "bind-nonrecursive", "volume-nocopy")
MAPS = ("volume-label", "volume-opt")
OTHERS = (
    "type", "source", "target", "consistency", "bind-propagation", "bind-recursive",
    "volume-driver", "volume-subpath", "tmpfs-size", "tmpfs-mode", "image-subpath",
)  # fmt: skip
KEYS = (*SWITCHES, *MAPS, *OTHERS)
OTHER_NAMES = {"src": "source", "dst": "target", "destination": "target", "ro": "readonly"}
EXAMPLE = "e.g. --mount type=bind,source=./data,target=/data,readonly"


@dataclass(frozen=True, slots=True)
class BindOptions:
    """What `bind-…` says. `recursion` is "" or one of `RECURSIONS` but "enabled", the default."""

    propagation: str = ""
    recursion: str = ""

    def to_api(self) -> dict[str, Json]:
        """Return `BindOptions`."""
        return _set(
            Propagation=self.propagation,
            NonRecursive=self.recursion == "disabled",
            ReadOnlyNonRecursive=self.recursion == "writable",
            ReadOnlyForceRecursive=self.recursion == "readonly",
        )

    def fields(self) -> Iterator[str]:
        """Yield the fields of `--mount` that say this."""
        if self.propagation or not self.recursion:
            yield f"bind-propagation={self.propagation}"
        if self.recursion == "disabled":
            yield "bind-nonrecursive"  # known to older docker too
        elif self.recursion:
            yield f"bind-recursive={self.recursion}"


@dataclass(frozen=True, slots=True)
class VolumeOptions:
    """What `volume-…` says: of the volume when the engine makes it, and of what is seen of it."""

    nocopy: bool = False
    labels: tuple[tuple[str, str], ...] = ()
    driver: str = ""
    driver_options: tuple[tuple[str, str], ...] = ()
    subpath: str = ""

    def to_api(self) -> dict[str, Json]:
        """Return `VolumeOptions`; docker sends `DriverConfig` even when it is empty."""
        driver = _set(Name=self.driver, Options=dict(self.driver_options))
        return {
            **_set(NoCopy=self.nocopy, Labels=dict(self.labels), Subpath=self.subpath),
            "DriverConfig": driver,
        }

    def fields(self) -> Iterator[str]:
        """Yield the fields of `--mount` that say this."""
        if self.nocopy:
            yield "volume-nocopy"
        if self.driver or self == VolumeOptions():
            yield f"volume-driver={self.driver}"
        yield from (f"volume-opt={key}={value}" for key, value in self.driver_options)
        yield from (f"volume-label={key}={value}" for key, value in self.labels)
        if self.subpath:
            yield f"volume-subpath={self.subpath}"


@dataclass(frozen=True, slots=True)
class TmpfsOptions:
    """What `tmpfs-…` says: the size in bytes and the mode; 0 leaves either to the engine."""

    size: int = 0
    mode: int = 0

    def to_api(self) -> dict[str, Json]:
        """Return `TmpfsOptions`."""
        return _set(SizeBytes=self.size, Mode=self.mode)

    def fields(self) -> Iterator[str]:
        """Yield the fields of `--mount` that say this."""
        if self.size or not self.mode:
            yield f"tmpfs-size={self.size}"
        if self.mode:
            yield f"tmpfs-mode={self.mode:o}"


@dataclass(frozen=True, slots=True)
class ImageOptions:
    """What `image-…` says: the folder of the image that is seen."""

    subpath: str = ""

    def to_api(self) -> dict[str, Json]:
        """Return `ImageOptions`."""
        return _set(Subpath=self.subpath)

    def fields(self) -> Iterator[str]:
        """Yield the fields of `--mount` that say this."""
        yield f"image-subpath={self.subpath}"


@dataclass(frozen=True, slots=True)
class MountOption:
    """One mount as `HostConfig.Mounts` has it.

    `source` is an absolute path for a bind, a volume's or an image's name, or "". Of the options
    there are those of the mount's own type at most; None is not the same as options without any
    value, which docker sends as `{}`.
    """

    type: str
    target: str
    source: str = ""
    read_only: bool = False
    consistency: str = ""
    bind: BindOptions | None = None
    volume: VolumeOptions | None = None
    tmpfs: TmpfsOptions | None = None
    image: ImageOptions | None = None

    def to_api(self) -> dict[str, Json]:
        """Return the item of `HostConfig.Mounts`, as docker's CLI sends it."""
        body = _set(Type=self.type, Source=self.source, Target=self.target)
        body |= _set(ReadOnly=self.read_only, Consistency=self.consistency)
        if self.bind is not None:
            body["BindOptions"] = self.bind.to_api()
        if self.volume is not None:
            body["VolumeOptions"] = self.volume.to_api()
        if self.image is not None:
            body["ImageOptions"] = self.image.to_api()
        if self.tmpfs is not None:
            body["TmpfsOptions"] = self.tmpfs.to_api()
        return body

    def render(self) -> str:
        """Return docker's `--mount` form, quoted where a value holds a comma or a quote."""
        return write_record(self._fields())

    def _fields(self) -> Iterator[str]:
        yield f"type={self.type}"
        if self.source:
            yield f"source={self.source}"
        yield f"target={self.target}"
        if self.read_only:
            yield "readonly"
        if self.consistency:
            yield f"consistency={self.consistency}"
        for options in (self.bind, self.volume, self.tmpfs, self.image):
            if options is not None:
                yield from options.fields()


def _set(**values: Json) -> dict[str, Json]:
    """Return the values that say something; docker leaves the others out."""
    return {key: value for key, value in values.items() if value}


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
    _check_target(mount, text)
    _CHECKS.get(mount.type, _check_nothing)(mount, text)
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


def _check_target(mount: MountOption, text: str) -> None:
    target = mount.target
    if not target:
        raise UsageError(f"--mount {text}: the target is missing", fix=EXAMPLE)
    if mount.type == "npipe":  # Windows alone has these
        return
    if not target.startswith("/"):
        raise UsageError(
            f"--mount {text}: {target} is not an absolute path in the container", fix=EXAMPLE
        )
    if posixpath.normpath(target.replace("\\", "/")).strip("/") == "":
        raise UsageError(f"--mount {text}: the container's root can't be a mount", fix=EXAMPLE)


def _check_bind(mount: MountOption, text: str) -> None:
    _check_source(mount, text)
    if mount.source.startswith("~"):
        raise UsageError(
            f"--mount {text}: {mount.source} is not expanded",
            "only the shell knows ~, and only at the start of an unquoted word",
            'write "$HOME" instead of ~',
        )
    if not mount.source.startswith("/"):
        raise UsageError(
            f"--mount {text}: {mount.source} is not an absolute path",
            fix=f"write source=./{mount.source}, or type=volume for a volume of this name",
        )
    options = mount.bind or BindOptions()
    if options.propagation and options.propagation not in PROPAGATIONS:
        raise UsageError(
            f"--mount {text}: bind-propagation={options.propagation} is unknown",
            fix=f"use one of {', '.join(PROPAGATIONS)}",
        )
    if options.recursion in {"writable", "readonly"} and not mount.read_only:
        raise UsageError(
            f"--mount {text}: bind-recursive={options.recursion} needs readonly", fix="add readonly"
        )
    if options.recursion == "readonly" and options.propagation != "rprivate":
        raise UsageError(
            f"--mount {text}: bind-recursive=readonly needs bind-propagation=rprivate",
            fix="add bind-propagation=rprivate",
        )


def _check_volume(mount: MountOption, text: str) -> None:
    options = mount.volume or VolumeOptions()
    if not mount.source:
        if mount.read_only:
            raise UsageError(
                f"--mount {text}: a volume without a name can't be read-only",
                "it would be empty for ever",
                "add source=NAME, or leave readonly out",
            )
        if options.subpath:
            raise UsageError(
                f"--mount {text}: a volume without a name has no subpath", fix="add source=NAME"
            )
    elif options.driver in {"", "local"} and not VOLUME_NAME.fullmatch(mount.source):
        raise UsageError(
            f"--mount {text}: {mount.source} is not the name of a volume",
            "names hold letters, digits, _ . and -, start with a letter or digit, and have two or "
            "more",
            "say type=bind for a folder of the host" if "/" in mount.source else EXAMPLE,
        )
    _check_subpath(options.subpath, text)


def _check_tmpfs(mount: MountOption, text: str) -> None:
    if mount.source:
        raise UsageError(
            f"--mount {text}: a tmpfs has no source", fix="leave source out, or say type=bind"
        )


def _check_image(mount: MountOption, text: str) -> None:
    _check_source(mount, text)
    _check_subpath((mount.image or ImageOptions()).subpath, text)


def _check_source(mount: MountOption, text: str) -> None:
    if not mount.source:
        raise UsageError(f"--mount {text}: the source is missing", fix=EXAMPLE)


def _check_subpath(subpath: str, text: str) -> None:
    tidy = posixpath.normpath(subpath)
    if subpath.startswith("/") or tidy == ".." or tidy.startswith("../"):
        raise UsageError(
            f"--mount {text}: the subpath {subpath} leads out of what is mounted",
            fix="write a relative path without ..",
        )


def _check_nothing(mount: MountOption, text: str) -> None:
    """Leave to the engine what only Windows or Swarm has."""


_CHECKS = {
    "bind": _check_bind,
    "volume": _check_volume,
    "tmpfs": _check_tmpfs,
    "image": _check_image,
}
