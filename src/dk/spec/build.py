"""The flags of `dk run`, read into a `ContainerSpec`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dk.errors import UsageError
from dk.spec.container import ContainerSpec
from dk.spec.environment import read_environment
from dk.spec.reference import is_image_id, parse_reference
from dk.spec.run_options import NOT_IN_SPEC, RUN_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dk.spec.run_options import RunOption


class Surroundings(NamedTuple):
    """What flags may refer to: the working folder, the environment, files."""

    cwd: str
    environ: Mapping[str, str]
    read_file: Callable[[str], bytes]


def build_spec(
    image: str, command: tuple[str, ...], values: Mapping[str, Any], surroundings: Surroundings
) -> ContainerSpec:
    """Return the spec that the flags ask for; `values` holds their texts by field name.

    Raises UsageError for the first value that docker would refuse, naming the flag.
    """
    if not is_image_id(image):
        parse_reference(image)
    fields = {
        option.field: _value(option, values.get(option.field), surroundings)
        for option in RUN_OPTIONS
        if option.field not in NOT_IN_SPEC
    }
    environment = read_environment(
        values.get("env_files") or (),
        values.get("env") or (),
        surroundings.environ,
        surroundings.read_file,
    )
    spec = ContainerSpec(image=image, command=command, environment=environment, **fields)
    _check(spec)
    return spec


def _value(option: RunOption, said: Any, surroundings: Surroundings) -> Any:
    if option.kind == "switch":
        return said
    if option.kind == "text":
        return None if said is None else option.read(said, surroundings.cwd)
    items: list[Any] = []
    for text in said or ():
        item = option.read(text, surroundings.cwd)
        # One -p may stand for a whole range of ports.
        items += item if option.spreads else [item]
    if option.kind == "list":
        return tuple(items)
    if len(items) > 1:
        raise UsageError(
            f"dk run does not take several {option.flags[0]} yet",
            f"asked for: {', '.join(said)}",
            "use docker run for it",
        )
    return items[0] if items else None


def _check(spec: ContainerSpec) -> None:
    """Refuse together what docker/cli cli/command/container refuses together."""
    if spec.remove and spec.restart is not None and spec.restart.restarts:
        raise UsageError(
            "--rm and --restart exclude each other",
            "a container that is removed can't be started again",
            "leave one of them out",
        )
    if spec.network_aliases and spec.user_network is None:
        raise UsageError(
            "--network-alias needs a network of its own",
            f"not {spec.network or 'the default one'}: aliases exist in user-defined networks only",
            "add --network NAME",
        )
