"""The flags of `dk run`, read into a `ContainerSpec`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dk.errors import UsageError
from dk.spec.conflicts import check_conflicts
from dk.spec.container import ContainerSpec
from dk.spec.env_sources import read_environment
from dk.spec.port import only_here
from dk.spec.reference import is_image_id, parse_reference
from dk.spec.run_options import NOT_IN_SPEC, RUN_OPTIONS
from dk.spec.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dk.spec.run_options import RunOption
    from dk.spec.surroundings import Surroundings


def build_spec(
    image: str, command: tuple[str, ...], values: Mapping[str, Any], surroundings: Surroundings
) -> ContainerSpec:
    """Return the spec that the flags ask for; `values` holds their texts by field name.

    Raises UsageError for the first value that docker would refuse, naming the flag.
    """
    if not is_image_id(image):
        parse_reference(image)
    fields = {
        option.field: read_value(option, values.get(option.field), surroundings)
        for option in RUN_OPTIONS
        if option.field not in NOT_IN_SPEC
    }
    if fields["platform"] is None and surroundings.environ.get("DOCKER_DEFAULT_PLATFORM"):
        fields["platform"] = _default_platform(surroundings)
    if values.get("local"):
        fields["ports"] = only_here(fields["ports"])
    environment = read_environment(
        values.get("env_files") or (),
        values.get("env") or (),
        surroundings.environ,
        surroundings.read_file,
        values.get("env_format"),
    )
    proxies = tuple((name, Secret(value)) for name, value in surroundings.proxies.items())
    spec = ContainerSpec(
        image=image, command=command, environment=environment, proxies=proxies, **fields
    )
    check_conflicts(spec, local=bool(values.get("local")))
    return spec


def read_value(option: RunOption, said: Any, surroundings: Surroundings) -> Any:
    """Return what was said of one option as its row reads it. UsageError names the option."""
    if option.kind == "switch":
        return said
    if option.kind != "list":
        return None if said is None else _read(option, said, surroundings)
    items: list[Any] = []
    for text in said or ():
        item = _read(option, text, surroundings)
        # One -p may stand for a whole range of ports.
        items += item if option.spreads else [item]
    return tuple(items)


def _read(option: RunOption, text: str, surroundings: Surroundings) -> Any:
    if "\x00" in text:
        raise UsageError(
            f"{option.short}: holds a NUL byte", "no program takes one", "leave it out"
        )
    try:
        return option.read(text, surroundings)
    except UsageError as error:
        if error.what.startswith("-") or error.what.startswith(text + ":"):
            raise  # it names the place itself
        where = option.flags[0] if repr(text) in error.what else f"{option.flags[0]} {text}"
        raise UsageError(f"{where}: {error.what}", error.why, error.fix) from error


def _default_platform(surroundings: Surroundings) -> str:
    from dk.spec.platform import parse_platform

    text = surroundings.environ["DOCKER_DEFAULT_PLATFORM"]
    try:
        return parse_platform(text)
    except UsageError as error:
        raise UsageError(f"DOCKER_DEFAULT_PLATFORM {text}: {error.what}", fix=error.fix) from error
