"""`-p` as docker reads it; the tables were checked against the docker CLI."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.port import PortBinding, parse_port

# What -p says: (port key, host address, host port) of each binding.
ACCEPTED: dict[str, list[tuple[str, str, str]]] = {
    "80": [("80/tcp", "", "")],
    ":80": [("80/tcp", "", "")],
    "::80": [("80/tcp", "", "")],
    "8080:80": [("80/tcp", "", "8080")],
    "8080:80/udp": [("80/udp", "", "8080")],
    "8080:80/UDP": [("80/udp", "", "8080")],
    "5000:5000/Sctp": [("5000/sctp", "", "5000")],
    "80/": [("80/tcp", "", "")],
    "0:80": [("80/tcp", "", "0")],
    "080:0080": [("80/tcp", "", "80")],
    "65535:65535": [("65535/tcp", "", "65535")],
    "127.0.0.1:8080:80": [("80/tcp", "127.0.0.1", "8080")],
    "127.0.0.1::80": [("80/tcp", "127.0.0.1", "")],
    "0.0.0.0:53:53/udp": [("53/udp", "0.0.0.0", "53")],
    "[::1]:8080:80": [("80/tcp", "::1", "8080")],
    "[::1]::80": [("80/tcp", "::1", "")],
    "::1:8080:80": [("80/tcp", "::1", "8080")],
    "fe80::1:8080:80/tcp": [("80/tcp", "fe80::1", "8080")],
    "[127.0.0.1]:8080:80": [("80/tcp", "127.0.0.1", "8080")],
    "[]:8080:80": [("80/tcp", "", "8080")],
    "::ffff:1.2.3.4:8080:80": [("80/tcp", "::ffff:1.2.3.4", "8080")],
    "80-81": [("80/tcp", "", ""), ("81/tcp", "", "")],
    "80-80": [("80/tcp", "", "")],
    "8000-8001:80-81": [("80/tcp", "", "8000"), ("81/tcp", "", "8001")],
    "127.0.0.1:8000-8001:80-81/udp": [
        ("80/udp", "127.0.0.1", "8000"),
        ("81/udp", "127.0.0.1", "8001"),
    ],
    "8000-8010:80": [("80/tcp", "", "8000-8010")],
    "8000-8010:80-80": [("80/tcp", "", "8000-8010")],
    "published=8080,target=80": [("80/tcp", "", "8080")],
    "target=80": [("80/tcp", "", "")],
    "target=80,published=8080,protocol=UDP,mode=ingress": [("80/udp", "", "8080")],
    "published=8000-8001,target=80-81,mode=host": [("80/tcp", "", "8000"), ("81/tcp", "", "8001")],
    "published=127.0.0.1:8080,target=80": [("80/tcp", "127.0.0.1", "8080")],
    "target=80,host_ip=127.0.0.1": [("80/tcp", "", "")],
}

REFUSED: dict[str, str] = {
    "": "the container's port is missing",
    "8080:": "the container's port is missing",
    "/tcp": "the container's port is missing",
    "published=8080": "the container's port is missing",
    "99999:80": "port 99999 is not between 0 and 65535",
    "80:65536": "port 65536 is not between 0 and 65535",
    "8080:" + "9" * 5000: "is not between 0 and 65535",
    "http:80": "http is not a port number",
    "-80": "an empty text is not a port number",
    "80-": "an empty text is not a port number",
    "+80": "+80 is not a port number",
    " 80": " 80 is not a port number",
    "\uff18\uff10": "is not a port number",
    "1-2-3:80": "2-3 is not a port number",
    "8080-8079:80": "ends before it starts",
    "8000-8002:80-81": "differ in length",
    "8000:80-81": "differ in length",
    "80/icmp": "icmp is not a protocol",
    "80/tcp/udp": "tcp/udp is not a protocol",
    "localhost:8080:80": "localhost is not an IP address",
    "256.1.1.1:8080:80": "256.1.1.1 is not an IP address",
    "01.2.3.4:8080:80": "01.2.3.4 is not an IP address",
    "[::1:8080:80": "the bracket of [::1 is not closed",
    "::1]:8080:80": "is not an IP address",
    "fe80::1%eth0:8080:80": "zone",
    "target=80,published": "published is not of the form name=value",
    "target=80,": "an empty field is not of the form name=value",
    "target=80,protocol=icmp": "icmp is not a protocol",
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_docker_accepts_means_the_same(text: str) -> None:
    found = [(port.port_key, port.host_ip, port.host_port) for port in parse_port(text)]
    assert found == ACCEPTED[text]


@pytest.mark.parametrize("text", REFUSED)
def test_what_docker_refuses_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_port(text)
    assert error.value.what.startswith(f"-p {text}:")
    assert REFUSED[text] in error.value.what
    assert error.value.fix


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("8080:80/tcp", "8080:80"),
        ("53:53/UDP", "53:53/udp"),
        ("80", "80"),
        ("127.0.0.1::80", "127.0.0.1::80"),
        ("::1:8080:80", "[::1]:8080:80"),
        ("published=8000-8010,target=80", "8000-8010:80"),
    ],
)
def test_renders_as_a_short_docker_form(text: str, rendered: str) -> None:
    (binding,) = parse_port(text)
    assert binding.render() == rendered


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_is_rendered_parses_to_the_same(text: str) -> None:
    for binding in parse_port(text):
        assert parse_port(binding.render()) == (binding,)


@pytest.mark.parametrize(
    ("host_port", "ports"),
    [
        ("", None),
        ("0", None),
        ("8080", range(8080, 8081)),
        ("8000-8010", range(8000, 8011)),
    ],
)
def test_tells_which_host_ports_the_engine_may_take(host_port: str, ports: range | None) -> None:
    assert PortBinding(80, "tcp", host_port=host_port).host_ports() == ports


@given(st.one_of(st.text(), st.text("0123456789:-/[].,=tcpudarge")))
def test_any_text_gives_bindings_or_a_usage_error(text: str) -> None:
    try:
        bindings = parse_port(text)
    except UsageError:
        return
    assert bindings
