"""What no engine takes of a mount (moby `volume/mounts`, Linux)."""

import posixpath

from dk.errors import UsageError
from dk.spec.mount import VOLUME_NAME
from dk.spec.mount_option import BindOptions, ImageOptions, MountOption, VolumeOptions

PROPAGATIONS = ("private", "rprivate", "shared", "rshared", "slave", "rslave")
EXAMPLE = "e.g. --mount type=bind,source=./data,target=/data,readonly"


def check_mount(mount: MountOption, text: str) -> None:
    """Raise UsageError for what an engine would refuse; `text` is the value as it was written.

    What only Windows or Swarm has is left to the engine.
    """
    _check_target(mount, text)
    if check := _CHECKS.get(mount.type):
        check(mount, text)


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


_CHECKS = {
    "bind": _check_bind,
    "volume": _check_volume,
    "tmpfs": _check_tmpfs,
    "image": _check_image,
}
