"""A mount in the long form: as it is, as the engine gets it, as docker reads it."""

from collections.abc import Iterator
from dataclasses import dataclass

from dk.plan import Json
from dk.spec.go_syntax import write_record


@dataclass(frozen=True, slots=True)
class BindOptions:
    """What `bind-…` says. `recursion` is "" or disabled, writable or readonly."""

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
