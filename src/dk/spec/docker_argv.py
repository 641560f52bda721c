"""A container's spec, written as the docker command that makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dk.plan import DockerCommand
from dk.spec.environment import docker_words
from dk.spec.run_options import NOT_IN_SPEC, RUN_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dk.spec.container import ContainerSpec
    from dk.spec.run_options import RunOption
    from dk.spec.secret import Secret


def docker_run(spec: ContainerSpec) -> DockerCommand:
    """Return the `docker run` that makes the same container."""
    environment, notes = docker_words(spec.environment)
    words: list[str | Secret] = ["docker", "run"]
    for option in RUN_OPTIONS:
        if option.field == "env":
            words += environment
        elif option.field not in NOT_IN_SPEC:
            words += _words(option, getattr(spec, option.field))
    words += [spec.image, *spec.command]
    return DockerCommand(tuple(words), hidden_notes=tuple(notes))


def _words(option: RunOption, value: Any) -> Iterator[str]:
    flag = option.flags[-1] if len(option.flags[-1]) == 2 else option.flags[0]
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
