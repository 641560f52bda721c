"""One network of a container: `--network NAME` and its long form."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dk.errors import UsageError
from dk.plan import Json
from dk.spec.go_syntax import INT64, lower, parse_int, read_record, trim, write_record

DEFAULT = "default"
BUILT_IN = (DEFAULT, "bridge", "host", "none")
KEYS = ("name", "alias", "ip", "ip6", "mac-address", "link-local-ip", "driver-opt", "gw-priority")
EXAMPLE = "e.g. --network web or --network name=web,alias=db"


def is_user_defined(name: str) -> bool:
    """Tell whether a network is one that somebody made.

    As moby `NetworkMode.IsUserDefined` on Linux, where `nat` is a name as any other.
    """
    return name not in BUILT_IN and not name.startswith("container:")


@dataclass(frozen=True, slots=True)
class NetworkAttachment:
    """One network that a container is connected to, and what it is there."""

    name: str
    aliases: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    ip: str = ""
    ip6: str = ""
    link_local_ips: tuple[str, ...] = ()
    mac_address: str = ""
    driver_options: tuple[tuple[str, str], ...] = ()
    gateway_priority: int = 0

    def to_api(self) -> dict[str, Json]:
        """Return the settings of `NetworkingConfig.EndpointsConfig[name]`, those that are set."""
        addresses = {
            "IPv4Address": self.ip,
            "IPv6Address": self.ip6,
            "LinkLocalIPs": list(self.link_local_ips),
        }
        settings = {
            "IPAMConfig": {key: value for key, value in addresses.items() if value},
            "Links": list(self.links),
            "Aliases": list(self.aliases),
            "MacAddress": self.mac_address,
            "DriverOpts": dict(self.driver_options),
            "GwPriority": self.gateway_priority,
        }
        return {key: value for key, value in settings.items() if value}

    def render(self) -> str:
        """Return docker's `--network` form: NAME alone, or the long one if more is set.

        docker reads the long form in lower case, and it has no links: what `attachments` has
        merged in from the single options is said by these.
        """
        fields = list(self._fields())
        if len(fields) == 1:
            return self.name
        text = write_record(fields)
        # docker takes a text for the long form by an ASCII letter on both sides of some =
        return text if _is_long(text) else f"gw-priority=0,{text}"

    def _fields(self) -> Iterator[str]:
        yield f"name={self.name}"
        yield from (f"alias={alias}" for alias in self.aliases)
        if self.ip:
            yield f"ip={self.ip}"
        if self.ip6:
            yield f"ip6={self.ip6}"
        if self.mac_address:
            yield f"mac-address={self.mac_address}"
        yield from (f"link-local-ip={address}" for address in self.link_local_ips)
        yield from (f"driver-opt={key}={value}" for key, value in self.driver_options)
        if self.gateway_priority:
            yield f"gw-priority={self.gateway_priority}"


def parse_network(text: str) -> NetworkAttachment:
    """Return the network of one `--network` value, `NAME` or `name=…,alias=…,…`.

    As docker/cli `opts.NetworkOpt` of 28.2, which lower-cases all of the long form. Of a key that
    is said twice the last counts; alias, link-local-ip and driver-opt add up. Addresses that no
    engine takes are refused here, and so is a short form with `=`. Raises UsageError.
    """
    if _is_long(text):
        return _long_form(text)
    if not trim(text):
        raise UsageError(f"--network {text}: the network's name is missing", fix=EXAMPLE)
    _check_name(text, text)
    return NetworkAttachment(text)


def _is_long(text: str) -> bool:
    import re

    return re.search(r"\w=\w", text, re.ASCII) is not None


def _long_form(text: str) -> NetworkAttachment:
    last: dict[str, str] = {}
    aliases: list[str] = []
    link_local_ips: list[str] = []
    driver_options: dict[str, str] = {}
    for key, value in _fields(text):
        if key == "alias":
            aliases.append(value)
        elif key == "link-local-ip":
            link_local_ips.append(value)
        elif key == "driver-opt":
            name, content = _driver_option(value, text)
            driver_options[name] = content
        else:
            if key == "gw-priority":
                _priority(value, text)
            last[key] = value
    name = last.get("name", "")
    if not name:
        raise UsageError(f"--network {text}: the network's name is missing", fix="add name=NAME")
    _check_name(name, text)
    attachment = NetworkAttachment(
        name,
        aliases=tuple(aliases),
        ip=last.get("ip", ""),
        ip6=last.get("ip6", ""),
        link_local_ips=tuple(link_local_ips),
        mac_address=last.get("mac-address", ""),
        driver_options=tuple(driver_options.items()),
        gateway_priority=_priority(last.get("gw-priority", "0"), text),
    )
    check_addresses(attachment, text)
    return attachment


def _fields(text: str) -> Iterator[tuple[str, str]]:
    try:
        record = read_record(text)
    except ValueError as error:
        raise UsageError(f"--network {text}: {error}", fix=EXAMPLE) from None
    for field in record:
        key, equals, value = field.partition("=")
        if not equals:
            raise UsageError(
                f"--network {text}: {field or 'an empty field'} is not of the form key=value",
                fix=EXAMPLE,
            )
        key = trim(lower(key))
        if key not in KEYS:
            raise UsageError(
                f"--network {text}: {key or 'an empty text'} is not one of its keys",
                "links are said by --link" if key == "link" else "",
                f"use one of {', '.join(KEYS)}",
            )
        yield key, trim(lower(value))


def _driver_option(value: str, text: str) -> tuple[str, str]:
    name, equals, content = value.partition("=")
    if not equals or not trim(name):
        raise UsageError(
            f"--network {text}: driver-opt={value} is not of the form driver-opt=NAME=VALUE",
            fix="e.g. driver-opt=com.docker.network.endpoint.sysctls=…",
        )
    return trim(name), trim(content)


def _priority(value: str, text: str) -> int:
    number = parse_int(value, INT64)
    if number is None:
        raise UsageError(
            f"--network {text}: gw-priority={value} is not a whole number", fix="e.g. gw-priority=1"
        )
    return number


def _check_name(name: str, text: str) -> None:
    if "=" in name:
        raise UsageError(
            f"--network {text}: {name} is not the name of a network",
            "docker would look for a network that is called so",
            EXAMPLE,
        )


def check_addresses(attachment: NetworkAttachment, text: str = "") -> None:
    """Refuse what is not an address of its kind, as the engine does (moby, libnetwork).

    `text` is the `--network` value that says them; without one it is the single options.
    """
    said = [
        ("ip", attachment.ip),
        ("ip6", attachment.ip6),
        ("mac-address", attachment.mac_address),
    ]
    addresses = [(option, value) for option, value in said if value]
    addresses += [("link-local-ip", value) for value in attachment.link_local_ips]
    for option, value in addresses:
        is_one, kind, example = _KINDS[option]
        if not is_one(value):
            where = f"--network {text}" if text else f"--{option} {value}"
            raise UsageError(
                f"{where}: {value or 'an empty text'} is not {kind}", fix=f"e.g. {example}"
            )


def _version(text: str) -> int:
    """Return 4 or 6, or 0 if the text is no address. As Go does, `::ffff:1.2.3.4` counts as 4."""
    import ipaddress

    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return 0
    if isinstance(address, ipaddress.IPv4Address) or address.ipv4_mapped:
        return 4
    return 0 if address.scope_id else 6


def _is_link_local(text: str) -> bool:
    import ipaddress

    return bool(_version(text)) and ipaddress.ip_address(text).is_link_local


def _is_mac(text: str) -> bool:
    """Tell whether Go's `net.ParseMAC` takes the text: 6, 8 or 20 bytes, one kind of separator."""
    for separator, digits in ((":", 2), ("-", 2), (".", 4)):
        groups = text.split(separator)
        if len(groups) * digits in {12, 16, 40} and all(_is_hex(group, digits) for group in groups):
            return True
    return False


def _is_hex(text: str, digits: int) -> bool:
    return len(text) == digits and not text.strip("0123456789abcdefABCDEF")


_KINDS: dict[str, tuple[Callable[[str], bool], str, str]] = {
    "ip": (lambda text: _version(text) == 4, "an IPv4 address", "172.30.0.10"),
    "ip6": (lambda text: _version(text) == 6, "an IPv6 address", "2001:db8::10"),
    "link-local-ip": (_is_link_local, "a link-local address", "169.254.10.1 or fe80::10"),
    "mac-address": (_is_mac, "a MAC address", "92:d0:c6:0a:29:33"),
}


def parse_link(text: str) -> str:
    """Return a `--link` value, `CONTAINER[:ALIAS]`, as it is sent.

    As docker/cli `opts.ValidateLink`. Raises UsageError.
    """
    if not text or text.count(":") > 1:
        what = "too many colons" if text else "the container's name is missing"
        raise UsageError(f"--link {text}: {what}", fix="e.g. --link db or --link db:database")
    return text
