"""Published ports: `-p [ip:][host[-end]:]container[-end][/protocol]`."""

from dataclasses import dataclass, replace

from dk.errors import UsageError

PROTOCOLS = ("tcp", "udp", "sctp")
EXAMPLE = "e.g. -p 8080:80 or -p 127.0.0.1:8080:80/tcp"


@dataclass(frozen=True, slots=True)
class PortBinding:
    """One container port and where the host offers it.

    `host_port` is "" when the engine picks any, "8080", or "8000-8010" when it picks one of these.
    `host_ip` is "" for the engine's default (all addresses), and never in brackets.
    """

    container_port: int
    protocol: str
    host_ip: str = ""
    host_port: str = ""

    @property
    def port_key(self) -> str:
        """Return the key of the Engine API's port maps, e.g. "80/tcp"."""
        return f"{self.container_port}/{self.protocol}"

    def host_ports(self) -> range | None:
        """Return the host ports that the engine may take; None when it picks any free one."""
        start, _, end = self.host_port.partition("-")
        if not start or self.host_port == "0":
            return None
        return range(int(start), int(end or start) + 1)

    def render(self) -> str:
        """Return docker's `-p` form of this binding, as short as it goes."""
        port = self.port_key.removesuffix("/tcp")
        if not self.host_ip:
            return f"{self.host_port}:{port}" if self.host_port else port
        ip = f"[{self.host_ip}]" if ":" in self.host_ip else self.host_ip
        return f"{ip}:{self.host_port}:{port}"


@dataclass(frozen=True, slots=True)
class ExposedPort:
    """A port that a container offers to its networks: `--expose 80/udp`."""

    number: int
    protocol: str

    def render(self) -> str:
        """Return docker's `--expose` form, which is also the key of the API's map."""
        return f"{self.number}/{self.protocol}"


def parse_exposed(text: str) -> tuple[ExposedPort, ...]:
    """Return the ports of `--expose PORT[-PORT][/PROTOCOL]`, as docker/cli `parse` reads them."""
    ports, slash, protocol = text.partition("/")
    protocol = protocol if slash and protocol else "tcp"
    if ":" in text or not ports:
        raise UsageError(
            f"--expose {text}: not a port of the container",
            "-p opens ports on the host" if ports else "",
            "e.g. --expose 80 or --expose 53/udp",
        )
    if protocol.lower() not in PROTOCOLS:
        raise UsageError(
            f"--expose {text}: {protocol} is not a protocol",
            fix=f"use one of {', '.join(PROTOCOLS)}",
        )
    return tuple(ExposedPort(number, protocol) for number in _ports(ports, text, "--expose"))


def parse_port(text: str) -> tuple[PortBinding, ...]:
    """Return the bindings that docker makes of one `-p` value, one a container port.

    Both forms: `[ip:][host[-end]:]container[-end][/protocol]` and the long one,
    `published=,target=,protocol=`. As docker/go-connections `nat.ParsePortSpec` and
    docker/cli `convertToStandardNotation`; where their versions differ in what they refuse
    (`1-2-3`, `80/tcp/udp`, `+80`), this refuses. Raises UsageError.
    """
    ip, host, container = _split(_short_form(text) if "=" in text else text)
    port, _, protocol = container.partition("/")
    if not port:
        raise UsageError(f"-p {text}: the container's port is missing", fix=EXAMPLE)
    protocol = protocol.lower() or "tcp"
    if protocol not in PROTOCOLS:
        raise UsageError(
            f"-p {text}: {protocol} is not a protocol", fix=f"use one of {', '.join(PROTOCOLS)}"
        )
    host_ip = _address(ip, text)
    ports = _ports(port, text)
    if not host:
        return tuple(PortBinding(number, protocol, host_ip) for number in ports)
    hosts = _ports(host, text)
    if len(ports) == 1 and len(hosts) > 1:
        return (PortBinding(ports[0], protocol, host_ip, f"{hosts[0]}-{hosts[-1]}"),)
    if len(ports) != len(hosts):
        raise UsageError(
            f"-p {text}: the ranges {host} and {port} differ in length",
            f"{len(hosts)} host and {len(ports)} container ports",
            "e.g. -p 8000-8002:80-82",
        )
    return tuple(
        PortBinding(number, protocol, host_ip, str(host_number))
        for number, host_number in zip(ports, hosts, strict=True)
    )


def _short_form(text: str) -> str:
    """Return the short form of `published=8080,target=80,protocol=udp`.

    Fields that docker does not read (`mode`, but also misspelt ones) are not read here either.
    """
    fields = {"protocol": "tcp"}
    for field in text.split(","):
        key, equals, value = field.partition("=")
        if not equals or not key:
            raise UsageError(
                f"-p {text}: {field or 'an empty field'} is not of the form name=value",
                fix="e.g. -p published=8080,target=80,protocol=tcp",
            )
        fields[key] = value
    return f"{fields.get('published', '')}:{fields.get('target', '')}/{fields['protocol']}"


def _split(text: str) -> tuple[str, str, str]:
    """Split into address, host part and container part: the last two colons count."""
    rest, _, container = text.rpartition(":")
    ip, _, host = rest.rpartition(":")
    return ip, host, container


def _address(ip: str, text: str) -> str:
    if ip.startswith("["):
        if not ip.endswith("]"):
            raise UsageError(f"-p {text}: the bracket of {ip} is not closed", fix=_ipv6_example())
        ip = ip[1:-1]
    if not ip:
        return ""
    import ipaddress

    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        raise UsageError(
            f"-p {text}: {ip} is not an IP address",
            "the part before the ports is an address, host names are not looked up",
            "e.g. -p 127.0.0.1:8080:80",
        ) from None
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None:
        raise UsageError(
            f"-p {text}: {ip} has a zone, which docker does not take", fix=_ipv6_example()
        )
    return ip


def _ipv6_example() -> str:
    return "e.g. -p [::1]:8080:80"


def _ports(text: str, whole: str, flag: str = "-p") -> range:
    start, dash, end = text.partition("-")
    first = _port(start, whole, flag)
    last = _port(end, whole, flag) if dash else first
    if last < first:
        raise UsageError(f"{flag} {whole}: the range {text} ends before it starts", fix=EXAMPLE)
    return range(first, last + 1)


def _port(text: str, whole: str, flag: str) -> int:
    if not (text.isascii() and text.isdigit()):
        named = text or "an empty text"
        raise UsageError(f"{flag} {whole}: {named} is not a port number", fix=EXAMPLE)
    if len(text.lstrip("0")) > 5 or int(text) > 65535:
        raise UsageError(f"{flag} {whole}: port {text} is not between 0 and 65535", fix=EXAMPLE)
    return int(text)


def only_here(ports: tuple[PortBinding, ...]) -> tuple[PortBinding, ...]:
    """Return the ports opened on 127.0.0.1 alone. UsageError where an address contradicts that."""
    for port in ports:
        if port.host_ip not in {"", "127.0.0.1", "::1"}:
            raise UsageError(
                f"--local and -p {port.render()} exclude each other",
                "--local opens ports on 127.0.0.1",
                f"leave out --local, or {port.host_ip}",
            )
    return tuple(replace(port, host_ip=port.host_ip or "127.0.0.1") for port in ports)
