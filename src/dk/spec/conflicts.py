"""Options of `dk run` that exclude each other, or can't be without another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dk.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dk.spec.container import ContainerSpec

LEAST_MEMORY = 6 << 20  # bytes, as every engine has it
CONTAINER = "container:"


def check_conflicts(spec: ContainerSpec, *, local: bool) -> None:
    """Raise UsageError for the first conflict, before an image is fetched or a network made.

    What docker/cli cli/command/container refuses together, and what moby (daemon, runconfig)
    refuses together on every engine. `local` is whether `--local` was said.
    """
    for conflict in _conflicts(spec, local=local):
        raise conflict
    _ = spec.attachments  # raises what docker refuses of networks


def _conflicts(spec: ContainerSpec, *, local: bool) -> Iterator[UsageError]:
    if spec.remove and spec.restart is not None and spec.restart.restarts:
        yield _exclude("--rm", "--restart", "a container that is removed can't be started again")
    if spec.detach and spec.attach:
        yield _exclude("-a", "-d", "a detached container is attached to nothing")
    if spec.no_healthcheck and _has_check(spec):
        yield _exclude("--no-healthcheck", "--health-…")
    if spec.log_driver == "none" and spec.log_opt:
        yield _exclude("--log-driver none", "--log-opt")
    if local and spec.publish_all:
        yield UsageError(
            "--local and -P exclude each other",
            "docker opens the ports of -P on all addresses",
            "name the ports: -p PORT",
        )
    if spec.cpus and (spec.cpu_period or spec.cpu_quota):
        other = "--cpu-period" if spec.cpu_period else "--cpu-quota"
        yield _exclude("--cpus", other, "--cpus is these two in one")
    if spec.uts == "host" and spec.hostname:
        yield _exclude("--uts host", "--hostname", "the container has the host's name then")
    if spec.disable_content_trust is False:
        yield UsageError(
            "--disable-content-trust=false: dk checks no signatures",
            "docker's content trust has ended with its servers",
            "name the image by its digest: IMAGE@sha256:…",
        )
    yield from _memory(spec)
    yield from _joined_network(spec)
    yield from _mounted_twice(spec)


def _exclude(one: str, other: str, why: str = "") -> UsageError:
    return UsageError(f"{one} and {other} exclude each other", why, "leave one of them out")


def _has_check(spec: ContainerSpec) -> bool:
    return any(
        (
            spec.health_cmd,
            spec.health_interval,
            spec.health_timeout,
            spec.health_retries,
            spec.health_start_period,
            spec.health_start_interval,
        )
    )


def _memory(spec: ContainerSpec) -> Iterator[UsageError]:
    memory, swap, reserved = spec.memory or 0, spec.memory_swap or 0, spec.memory_reservation or 0
    for flag, size in (("-m", memory), ("--memory-reservation", reserved)):
        if 0 < size < LEAST_MEMORY:
            yield UsageError(f"{flag}: less than 6 MB, which is the least", fix=f"e.g. {flag} 64m")
    if swap > 0 and not memory:
        yield UsageError(
            "--memory-swap needs -m", "it is memory and swap together", "e.g. -m 64m too"
        )
    if 0 < swap < memory:
        yield UsageError(
            "--memory-swap is less than -m", "it is memory and swap together", "make it larger"
        )
    if 0 < memory < reserved:
        yield UsageError("--memory-reservation is more than -m", fix="make it smaller")


def _joined_network(spec: ContainerSpec) -> Iterator[UsageError]:
    """What a container can't have of its own in the network of another one."""
    if not (spec.network or "").startswith(CONTAINER):
        return
    own = {
        "--hostname": spec.hostname,
        "-p": spec.ports,
        "-P": spec.publish_all,
        "--expose": spec.expose,
        "--dns": spec.dns,
        "--add-host": spec.add_host,
        "--link": spec.link,
    }
    for flag, value in own.items():
        if value:
            yield _exclude(
                f"{flag}", f"--network {spec.network}", "these are the other container's"
            )


def _mounted_twice(spec: ContainerSpec) -> Iterator[UsageError]:
    """Two mounts at one place; what is said twice in the same words is one, as in docker."""
    import posixpath

    said = [
        *dict.fromkeys(("-v", mount.target, mount.source) for mount in spec.mounts if mount.source),
        *(("--mount", mount.target, str(number)) for number, mount in enumerate(spec.mount)),
        *dict.fromkeys(("--tmpfs", target, "") for target, _ in spec.tmpfs),
    ]
    seen: dict[str, str] = {}
    for flag, target, _ in said:
        place = posixpath.normpath(target)
        if place in seen:
            first = seen[place]
            yield UsageError(
                f"{place} is mounted twice",
                f"by {first} and {flag}" if flag != first else f"by two {flag}",
                "give one of them another place",
            )
        seen[place] = flag
