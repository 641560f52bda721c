"""Names and addresses: extra hosts, name servers, search domains."""

from __future__ import annotations

from dk.errors import UsageError

HOST_GATEWAY = "host-gateway"
_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"


def parse_extra_host(text: str) -> str:
    """Return NAME:ADDRESS, as the engine wants it, of NAME:ADDRESS or NAME=ADDRESS.

    As docker/cli opts `ValidateExtraHost`: the address may be in brackets, or `host-gateway`.
    """
    separator = "=" if "=" in text else ":"
    name, found, address = text.partition(separator)
    if not found or not name or ":" in name:
        raise UsageError("not of the form NAME:ADDRESS", fix="e.g. --add-host db:10.0.0.5")
    if len(address) > 2 and address.startswith("[") and address.endswith("]"):
        address = address[1:-1]
    if address != HOST_GATEWAY:
        _canonical(address, "e.g. --add-host db:10.0.0.5 or db:host-gateway")
    return f"{name}:{address}"


def parse_name_server(text: str) -> str:
    """Return an address in its canonical form, as docker/cli opts `ValidateIPAddress`."""
    return _canonical(text.strip(), "e.g. --dns 1.1.1.1")


def _canonical(text: str, fix: str) -> str:
    import ipaddress

    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise UsageError(f"{text or 'an empty text'} is not an IP address", fix=fix) from None
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None:
        raise UsageError(f"{text} has a zone, which docker does not take", fix=fix)
    return str(address)


def parse_search_domain(text: str) -> str:
    """Return a search domain; `.` means none. As docker/cli opts `ValidateDNSSearch`."""
    import re

    name = text.strip(" ")
    if name == ".":
        return name
    known = re.fullmatch(rf"{_LABEL}(?:\.{_LABEL})*\.?", name)
    if not known or not re.search("[a-zA-Z]", name) or len(name) >= 255:
        raise UsageError("not a domain", fix="e.g. --dns-search example.org")
    return name.removesuffix(".")
