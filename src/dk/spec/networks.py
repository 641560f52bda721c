"""All networks of a container together, with the single options for the first of them."""

from collections.abc import Sequence
from dataclasses import replace

from dk.errors import UsageError
from dk.spec.network_attachment import (
    DEFAULT,
    NetworkAttachment,
    check_addresses,
    is_user_defined,
)


def attachments(
    networks: Sequence[NetworkAttachment],
    *,
    aliases: Sequence[str] = (),
    links: Sequence[str] = (),
    ip: str = "",
    ip6: str = "",
    link_local_ips: Sequence[str] = (),
    mac_address: str = "",
) -> tuple[NetworkAttachment, ...]:
    """Return the networks of a container, the single options merged into the first.

    As docker/cli `parseNetworkOpts`: without `--network` the network is "default"; `links` are
    the endpoint's on a user-defined network only, and elsewhere stay `HostConfig.Links`. What an
    engine refuses in every case is refused here too: an address outside user-defined networks, a
    MAC address where there is no interface. Raises UsageError.
    """
    first, *others = networks or (NetworkAttachment(DEFAULT),)
    single = NetworkAttachment(
        first.name,
        aliases=tuple(aliases),
        links=tuple(links) if is_user_defined(first.name) else (),
        ip=ip,
        ip6=ip6,
        link_local_ips=tuple(link_local_ips),
        mac_address=mac_address,
    )
    check_addresses(single)
    attached = (_merged(first, single), *others)
    for attachment in attached:
        _check_possible(attachment)
    _check_together([attachment.name for attachment in attached])
    return attached


def _merged(first: NetworkAttachment, single: NetworkAttachment) -> NetworkAttachment:
    both = {
        "--network-alias": (single.aliases, first.aliases),
        "--ip": (single.ip, first.ip),
        "--ip6": (single.ip6, first.ip6),
        "--link-local-ip": (single.link_local_ips, first.link_local_ips),
        "--mac-address": (single.mac_address, first.mac_address),
    }
    for option, values in both.items():
        if all(values):
            raise UsageError(
                f"{option} and --network {first.render()} say the same thing twice",
                "single options are of the first network",
                "keep one of them",
            )
    return replace(
        first,
        aliases=single.aliases or first.aliases,
        links=single.links,
        ip=single.ip or first.ip,
        ip6=single.ip6 or first.ip6,
        link_local_ips=single.link_local_ips or first.link_local_ips,
        mac_address=single.mac_address or first.mac_address,
    )


def _check_possible(attachment: NetworkAttachment) -> None:
    name = attachment.name
    if is_user_defined(name):
        return
    if attachment.aliases:
        raise UsageError(
            "--network-alias needs a network of its own",
            f"not {name}: aliases exist in user-defined networks only",
            "add --network NAME",
        )
    if attachment.ip or attachment.ip6:
        raise UsageError(
            f"{attachment.ip or attachment.ip6} needs a network of its own",
            f"not {name}: an address can be chosen in user-defined networks only",
            "add --network NAME, one that was made with --subnet",
        )
    if attachment.mac_address and (name == "host" or name.startswith("container:")):
        raise UsageError(
            f"--mac-address does not go with --network {name}",
            "the container has no interface of its own there",
            "leave one of them out",
        )


def _check_together(names: Sequence[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"--network {twice} is said twice", fix="keep one of them")
    built_in = [name for name in names if not is_user_defined(name)]
    if built_in and len(built_in) < len(names):
        raise UsageError(
            f"--network {built_in[0]} does not go with another network",
            "a container is in user-defined networks, or in a built-in one",
            "keep the one or the other",
        )
