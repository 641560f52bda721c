"""The Engine API's JSON, read into dk's model. Both shapes of older and newer engines are taken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dk.model import Container, ContainerEnd, Network, PublishedPort

if TYPE_CHECKING:
    from dk.plan import Json


EPOCH = datetime.fromtimestamp(0, UTC)


def container(item: Json) -> Container:
    """Read one item of `GET /containers/json`."""
    names = [name.removeprefix("/") for name in item.get("Names") or ()]
    own = [name for name in names if "/" not in name]  # a legacy link adds "other/alias"
    networks = (item.get("NetworkSettings") or {}).get("Networks") or {}
    return Container(
        id=item["Id"],
        name=(own or names or [item["Id"][:12]])[0],
        image=familiar(item.get("Image") or ""),
        image_id=item.get("ImageID") or "",
        state=item.get("State") or "",
        status=item.get("Status") or "",
        created=date(item.get("Created")) or EPOCH,
        command=item.get("Command") or "",
        ports=tuple(_port(port) for port in item.get("Ports") or ()),
        networks=tuple(sorted(networks)),
        network_mode=(item.get("HostConfig") or {}).get("NetworkMode") or "",
        volumes=tuple(
            mount["Name"] for mount in item.get("Mounts") or () if mount.get("Type") == "volume"
        ),
        labels=item.get("Labels") or {},
        size=item.get("SizeRw"),
        mounted_images=tuple(
            name
            for mount in item.get("Mounts") or ()
            if mount.get("Type") == "image"
            for name in (mount.get("Name"), mount.get("Source"))
            if name
        ),
    )


def container_end(inspected: Json) -> ContainerEnd:
    """Read how a container ended from its inspect."""
    state = inspected["State"]
    policy = (inspected["HostConfig"].get("RestartPolicy") or {}).get("Name")
    return ContainerEnd(
        started=moment(state.get("StartedAt")),
        finished=moment(state.get("FinishedAt")),
        exit_code=int(state.get("ExitCode") or 0),
        restart_policy=policy or "no",
    )


def moment(text: str | None) -> datetime | None:
    """Read a time of the engine's, None for the year 1 that Go writes where there is none."""
    if not text or text.startswith("0001-"):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def date(seconds: int | None) -> datetime | None:
    """Return a time that the engine counts in seconds since 1970, None for what is none."""
    try:
        return datetime.fromtimestamp(seconds or 0, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _port(item: Json) -> PublishedPort:
    return PublishedPort(
        container_port=item["PrivatePort"],
        protocol=item.get("Type") or "tcp",
        host_ip=item.get("IP") or "",
        host_port=item.get("PublicPort") or 0,
    )


def network(item: Json) -> Network:
    """Read one item of `GET /networks`."""
    return Network(
        id=item["Id"],
        name=item["Name"],
        driver=item.get("Driver") or "",
        created=moment(item.get("Created")),
        scope=item.get("Scope") or "local",
        ingress=bool(item.get("Ingress")),
        config_from=(item.get("ConfigFrom") or {}).get("Network") or "",
        labels=item.get("Labels") or {},
    )


def image_names(items: Json) -> tuple[str, ...]:
    """Read every usable name from `GET /images/json`."""
    tags = (tag for item in items for tag in item.get("RepoTags") or ())
    return tuple(familiar(tag) for tag in tags if tag != "<none>:<none>")


def familiar(name: str) -> str:
    """Return an image's name as docker prints it; Podman says it in full."""
    return name.removeprefix("docker.io/").removeprefix("library/")


def published(inspected: Json) -> tuple[PublishedPort, ...]:
    """Read the ports of a container's inspect that are open on the host."""
    ports = (inspected.get("NetworkSettings") or {}).get("Ports") or {}
    found = []
    for key, bindings in ports.items():
        number, _, protocol = key.partition("/")
        for binding in bindings or ():
            host_port = int(binding.get("HostPort") or 0)
            found.append(
                PublishedPort(
                    int(number), protocol or "tcp", binding.get("HostIp") or "", host_port
                )
            )
    return tuple(found)


def is_for(image: Json, platform: str) -> bool:
    """Whether an image's inspect is of that platform; a variant counts where both name one."""
    system, _, rest = platform.partition("/")
    architecture, _, variant = rest.partition("/")
    its_own = image.get("Variant") or ""
    return (
        image.get("Os") == system
        and image.get("Architecture") == architecture
        and (not variant or not its_own or variant == its_own)
    )
