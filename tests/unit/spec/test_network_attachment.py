"""`--network` in both forms, and the single options beside it, as docker reads them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.go_syntax import write_record
from dk.spec.network_attachment import (
    KEYS,
    NetworkAttachment,
    is_user_defined,
    parse_link,
    parse_network,
)
from dk.spec.networks import attachments

MAC = "92:d0:c6:0a:29:33"

ACCEPTED = {
    "web": NetworkAttachment("web"),
    "Web": NetworkAttachment("Web"),
    " my net ": NetworkAttachment(" my net "),
    "a,b": NetworkAttachment("a,b"),
    "container:db": NetworkAttachment("container:db"),
    "name=Web": NetworkAttachment("web"),
    " NAME=web , alias= DB ": NetworkAttachment("web", aliases=("db",)),
    '"name=web",alias=a,alias=b': NetworkAttachment("web", aliases=("a", "b")),
    "name=web,name=other": NetworkAttachment("other"),
    "name=web,ip=10.0.0.5,ip6=2001:DB8::1": NetworkAttachment(
        "web", ip="10.0.0.5", ip6="2001:db8::1"
    ),
    "name=web,ip=::ffff:10.0.0.5": NetworkAttachment("web", ip="::ffff:10.0.0.5"),
    "name=web,ip=,mac-address=": NetworkAttachment("web"),
    "name=web,link-local-ip=169.254.1.1,link-local-ip=FE80::1": NetworkAttachment(
        "web", link_local_ips=("169.254.1.1", "fe80::1")
    ),
    "name=web,mac-address=92-D0-C6-0A-29-33": NetworkAttachment(
        "web", mac_address="92-d0-c6-0a-29-33"
    ),
    "name=web,mac-address=92d0.c60a.2933": NetworkAttachment("web", mac_address="92d0.c60a.2933"),
    "name=web,driver-opt= A = B=c ,driver-opt=d=": NetworkAttachment(
        "web", driver_options=(("a", "b=c"), ("d", ""))
    ),
    'name=web,"driver-opt=a=1,2"': NetworkAttachment("web", driver_options=(("a", "1,2"),)),
    "name=web,gw-priority=+5": NetworkAttachment("web", gateway_priority=5),
    "name=web,gw-priority=-5": NetworkAttachment("web", gateway_priority=-5),
    "name=x1,name=é,alias=é": NetworkAttachment("é", aliases=("é",)),
    "name=x1,name=:,gw-priority=-1": NetworkAttachment(":", gateway_priority=-1),
}

REFUSED = {
    "": "the network's name is missing",
    " ": "the network's name is missing",
    "alias=db": "the network's name is missing",
    "name=,alias=db": "the network's name is missing",
    "name=web,name=": "the network's name is missing",
    "name=": "name= is not the name of a network",
    "name = web": "name = web is not the name of a network",
    "name=a=b": "a=b is not the name of a network",
    "name=web,": "an empty field is not of the form key=value",
    "web,alias=db": "web is not of the form key=value",
    "web=x": "web is not one of its keys",
    "name=web,link=db:x": "link is not one of its keys",
    'name=w"eb': "quotes go around the whole",
    "name=web\nalias=db": "a line break outside quotes",
    "name=web,driver-opt=a": "driver-opt=a is not of the form",
    "name=web,driver-opt= =a": "driver-opt==a is not of the form",
    "name=web,gw-priority=": "gw-priority= is not a whole number",
    "name=web,gw-priority=1.5": "gw-priority=1.5 is not a whole number",
    "name=web,gw-priority=x,gw-priority=1": "gw-priority=x is not a whole number",
    "name=web,ip=foo": "foo is not an IPv4 address",
    "name=web,ip=::1": "::1 is not an IPv4 address",
    "name=web,ip=010.0.0.1": "010.0.0.1 is not an IPv4 address",
    "name=web,ip6=10.0.0.1": "10.0.0.1 is not an IPv6 address",
    "name=web,ip6=::ffff:10.0.0.1": "::ffff:10.0.0.1 is not an IPv6 address",
    "name=web,ip6=fe80::1%eth0": "fe80::1%eth0 is not an IPv6 address",
    "name=web,link-local-ip=10.0.0.1": "10.0.0.1 is not a link-local address",
    "name=web,link-local-ip=": "an empty text is not a link-local address",
    "name=web,mac-address=x": "x is not a MAC address",
    "name=web,mac-address=92:d0:c6:0a:29": "92:d0:c6:0a:29 is not a MAC address",
    "name=web,mac-address=92:d0-c6:0a:29:33": "92:d0-c6:0a:29:33 is not a MAC address",
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_docker_accepts_means_the_same(text: str) -> None:
    assert parse_network(text) == ACCEPTED[text]
    assert parse_network(ACCEPTED[text].render()) == ACCEPTED[text]


@pytest.mark.parametrize("text", REFUSED)
def test_what_docker_or_the_engine_refuses_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_network(text)
    assert error.value.what.startswith(f"--network {text}: {REFUSED[text]}")
    assert error.value.fix


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("name=web", "web"),
        ("alias=db,name=web,gw-priority=0", "name=web,alias=db"),
        ("name=web,ip=10.0.0.5,gw-priority=1", "name=web,ip=10.0.0.5,gw-priority=1"),
        ("name=x1,name=é,alias=é", "gw-priority=0,name=é,alias=é"),
    ],
)
def test_renders_as_short_as_docker_reads_it(text: str, rendered: str) -> None:
    assert parse_network(text).render() == rendered


@pytest.mark.parametrize("name", ["default", "bridge", "host", "none", "container:db"])
def test_what_docker_has_by_itself_is_not_user_defined(name: str) -> None:
    assert not is_user_defined(name)


@pytest.mark.parametrize("name", ["web", "nat", "container", "Bridge"])
def test_any_other_name_is_user_defined(name: str) -> None:
    assert is_user_defined(name)


def test_the_settings_of_an_endpoint_are_those_that_are_set() -> None:
    text = f"name=web,alias=a,ip=10.0.0.5,link-local-ip=169.254.1.1,mac-address={MAC}"
    assert parse_network(f"{text},driver-opt=k=v,gw-priority=2").to_api() == {
        "Aliases": ["a"],
        "IPAMConfig": {"IPv4Address": "10.0.0.5", "LinkLocalIPs": ["169.254.1.1"]},
        "MacAddress": MAC,
        "DriverOpts": {"k": "v"},
        "GwPriority": 2,
    }
    assert parse_network("web").to_api() == {}


def attached(*texts: str, **single: Any) -> tuple[NetworkAttachment, ...]:
    return attachments([parse_network(text) for text in texts], **single)


def test_without_a_network_it_is_the_default_one() -> None:
    assert attached() == (NetworkAttachment("default"),)
    assert attached(mac_address=MAC) == (NetworkAttachment("default", mac_address=MAC),)


def test_single_options_go_to_the_first_network() -> None:
    both = attached(
        "web",
        "name=two,ip=10.1.0.5",
        aliases=("x", "X"),
        links=("db:d",),
        ip="10.0.0.5",
        ip6="2001:DB8::1",
        link_local_ips=("169.254.1.1",),
        mac_address=MAC.upper(),
    )
    assert both == (
        NetworkAttachment(
            "web",
            aliases=("x", "X"),
            links=("db:d",),
            ip="10.0.0.5",
            ip6="2001:DB8::1",
            link_local_ips=("169.254.1.1",),
            mac_address=MAC.upper(),
        ),
        NetworkAttachment("two", ip="10.1.0.5"),
    )


def test_single_options_add_to_what_the_long_form_says() -> None:
    (web,) = attached("name=web,driver-opt=a=b,ip6=::1", aliases=("x",), ip="10.0.0.5")
    assert web == NetworkAttachment(
        "web", aliases=("x",), ip="10.0.0.5", ip6="::1", driver_options=(("a", "b"),)
    )


@pytest.mark.parametrize("name", ["default", "bridge", "host", "none"])
def test_links_of_built_in_networks_are_not_the_endpoint_s(name: str) -> None:
    assert attached(name, links=("db",)) == (NetworkAttachment(name),)


@pytest.mark.parametrize(
    ("texts", "single", "problem"),
    [
        (["web", "web"], {}, "--network web is said twice"),
        (["name=web", "name=WEB,alias=a"], {}, "--network web is said twice"),
        (["web", "bridge"], {}, "--network bridge does not go with another network"),
        (["host", "web"], {}, "--network host does not go with another network"),
        ([], {"aliases": ("x",)}, "--network-alias needs a network of its own"),
        (["bridge"], {"aliases": ("",)}, "--network-alias needs a network of its own"),
        (["name=host,alias=x"], {}, "--network-alias needs a network of its own"),
        ([], {"ip": "10.0.0.5"}, "10.0.0.5 needs a network of its own"),
        (["name=bridge,ip6=::1"], {}, "::1 needs a network of its own"),
        (["host"], {"mac_address": MAC}, "--mac-address does not go with --network host"),
        (["web"], {"ip": "foo"}, "--ip foo: foo is not an IPv4 address"),
        (["web"], {"ip": " 10.0.0.5"}, "--ip  10.0.0.5:  10.0.0.5 is not an IPv4 address"),
        (["web"], {"ip6": "10.0.0.1"}, "--ip6 10.0.0.1: 10.0.0.1 is not an IPv6 address"),
        (["web"], {"link_local_ips": ("x",)}, "--link-local-ip x: x is not a link-local address"),
        (["web"], {"mac_address": "x"}, "--mac-address x: x is not a MAC address"),
        (["name=web,alias=a"], {"aliases": ("b",)}, "--network-alias and --network name=web"),
        (["name=web,ip=10.0.0.5"], {"ip": "10.0.0.5"}, "--ip and --network name=web"),
        (["name=web,ip6=::1"], {"ip6": "::2"}, "--ip6 and --network name=web"),
        (
            ["name=web,link-local-ip=169.254.1.1"],
            {"link_local_ips": ("169.254.1.2",)},
            "--link-local-ip and --network name=web",
        ),
        ([f"name=web,mac-address={MAC}"], {"mac_address": MAC}, "--mac-address and --network name"),
    ],
)
def test_what_can_t_be_together_is_refused(
    texts: list[str], single: dict[str, Any], problem: str
) -> None:
    with pytest.raises(UsageError) as error:
        attached(*texts, **single)
    assert error.value.what.startswith(problem)
    assert error.value.fix


@pytest.mark.parametrize("text", ["db", "db:d", "/db:/web/d", "db:"])
def test_a_link_is_sent_as_it_is(text: str) -> None:
    assert parse_link(text) == text


@pytest.mark.parametrize("text", ["", "a:b:c"])
def test_a_bad_link_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(UsageError, match=f"^--link {text}: "):
        parse_link(text)


TEXT = st.text('aÉİ=:,"\n \x1c0', max_size=5)
FIELDS = st.one_of(
    st.builds("{}={}".format, st.sampled_from(KEYS), TEXT),
    st.builds("{}={}".format, st.sampled_from(["name", "alias", "driver-opt=k"]), TEXT),
    st.builds("gw-priority={:+}".format, st.integers(-(2**63), 2**63 - 1)),
    st.builds("ip={}".format, st.ip_addresses(v=4)),
    st.builds("ip6={}".format, st.ip_addresses(v=6)),
    st.sampled_from([f"mac-address={MAC}", "link-local-ip=FE80::1", "link-local-ip=169.254.1.1"]),
)
NETWORKS = st.lists(FIELDS, max_size=5).map(lambda fields: write_record(["name=web", *fields]))


@given(st.one_of(st.text(), NETWORKS, st.lists(FIELDS, min_size=1).map(write_record)))
def test_any_text_gives_a_usage_error_or_a_network_that_renders_to_itself(text: str) -> None:
    try:
        network = parse_network(text)
    except UsageError:
        return
    assert parse_network(network.render()) == network
