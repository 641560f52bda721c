"""A container's spec, written as the docker command that makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dk.plan import DockerCommand
from dk.spec.environment import docker_words
from dk.spec.run_options import NOT_IN_SPEC, RUN_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dk.spec.container import ContainerSpec
    from dk.spec.network_attachment import NetworkAttachment
    from dk.spec.run_options import RunOption
    from dk.spec.secret import Secret

OF_RUN_ALONE = frozenset({"detach", "sig_proxy", "detach_keys"})
"""Options that `docker create` does not have: they are about following the container."""


def docker_run(spec: ContainerSpec, more: Sequence[str] = ()) -> DockerCommand:
    """Return the `docker run` that makes the same container; `more` goes before its options."""
    return _command("run", spec, more)


def docker_create(spec: ContainerSpec, more: Sequence[str] = ()) -> DockerCommand:
    """Return the `docker create` that makes it in the first of its networks."""
    from dataclasses import replace

    first = replace(spec, networks=spec.networks[:1])
    return _command("create", first, more, without=OF_RUN_ALONE)


def docker_connect(attachment: NetworkAttachment, container: str) -> DockerCommand:
    """Return the `docker network connect` that puts a made container in one more network."""
    one = {"--ip": attachment.ip, "--ip6": attachment.ip6}
    many = {
        "--alias": attachment.aliases,
        "--link": attachment.links,
        "--link-local-ip": attachment.link_local_ips,
        "--driver-opt": ["=".join(pair) for pair in attachment.driver_options],
    }
    words = [word for flag, value in one.items() if value for word in (flag, value)]
    words += [word for flag, values in many.items() for value in values for word in (flag, value)]
    return DockerCommand(("docker", "network", "connect", *words, attachment.name, container))


def docker_start(spec: ContainerSpec, container: str) -> DockerCommand:
    """Return the `docker start` of a made container, attached as the spec wants it."""
    words = []
    if spec.attached:
        words = ["-a", *(["-i"] if spec.interactive else [])]
        words += ["--sig-proxy=false"] if spec.sig_proxy is False else []
        words += ["--detach-keys", spec.detach_keys] if spec.detach_keys else []
    return DockerCommand(("docker", "start", *words, container))


def _command(
    verb: str, spec: ContainerSpec, more: Sequence[str], without: frozenset[str] = frozenset()
) -> DockerCommand:
    environment, notes = docker_words(spec.environment)
    words: list[str | Secret] = ["docker", verb, *more]
    for option in RUN_OPTIONS:
        if option.field == "env":
            words += environment
        elif option.field not in NOT_IN_SPEC and option.field not in without:
            words += _words(option, getattr(spec, option.field))
    words += [spec.image, *spec.command]
    return DockerCommand(tuple(words), hidden_notes=tuple(notes))


def _words(option: RunOption, value: Any) -> Iterator[str]:
    flag = option.short
    if option.kind == "switch":
        if value is True:
            yield flag
        elif value is False:
            yield f"{option.flags[0]}=false"
    elif option.kind == "list":
        for item in value:
            yield from (flag, option.write(item))
    elif value is not None:
        yield from (flag, option.write(value))
