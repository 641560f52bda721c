"""The smaller values of `dk run`: hosts, pairs, platforms, keys, modes, sizes, waits."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.detach_keys import parse_detach_keys
from dk.spec.hosts import parse_extra_host, parse_name_server, parse_search_domain
from dk.spec.pairs import parse_full_pair, parse_pair, parse_sysctl, read_label_file
from dk.spec.platform import parse_platform
from dk.spec.port import only_here, parse_exposed, parse_port
from dk.spec.run_options import RUN_OPTIONS
from dk.spec.run_options.isolation import one_of
from dk.spec.security import normal_capabilities, read_security_option
from dk.spec.size import parse_size, parse_swap
from dk.spec.surroundings import Surroundings
from dk.spec.tmpfs import parse_tmpfs, write_tmpfs
from dk.spec.wait import WaitFor, parse_state, parse_timeout, parse_wait_port, wait_for

FILES = {
    "labels": b"a=1\n# no label\nbare\nc= d \n",
    "profile.json": b'{ "defaultAction": "SCMP_ACT_ALLOW",\n "n": [1, 2] }',
    "broken.json": b"{",
}
AROUND = Surroundings("/work", {}, FILES.__getitem__)

Reader = Callable[[str], Any]
GOOD: Mapping[tuple[Reader, str], Any] = {
    (parse_extra_host, "db:10.0.0.5"): "db:10.0.0.5",
    (parse_extra_host, "db=10.0.0.5"): "db:10.0.0.5",
    (parse_extra_host, "db=[::1]"): "db:::1",
    (parse_extra_host, "db:0:0:0:0:0:0:0:1"): "db:0:0:0:0:0:0:0:1",
    (parse_extra_host, "me:host-gateway"): "me:host-gateway",
    (parse_name_server, "0:0:0:0:0:0:0:1"): "::1",
    (parse_name_server, " 1.1.1.1 "): "1.1.1.1",
    (parse_search_domain, " example.org "): "example.org",
    (parse_search_domain, "."): ".",
    (parse_pair, "a"): ("a", ""),
    (parse_pair, "a=b=c"): ("a", "b=c"),
    (parse_full_pair, "size=1G"): ("size", "1G"),
    (parse_sysctl, "net.ipv4.ip_forward=1"): ("net.ipv4.ip_forward", "1"),
    (parse_sysctl, "kernel.shmmax=1=2"): ("kernel.shmmax", "1=2"),
    (parse_platform, ""): "",
    (parse_platform, "amd64"): "linux/amd64",
    (parse_platform, "LINUX/x86_64"): "linux/amd64",
    (parse_platform, "linux/arm/7"): "linux/arm/v7",
    (parse_platform, "linux/armhf"): "linux/arm",
    (parse_platform, "linux/armel"): "linux/arm/v6",
    (parse_platform, "linux/amd64/v1"): "linux/amd64",
    (parse_platform, "linux/arm64/8"): "linux/arm64/v8",
    (parse_platform, "foo/bar"): "foo/bar",
    (parse_exposed, "80-81/UDP"): ["80/UDP", "81/UDP"],
    (parse_exposed, "80/"): ["80/tcp"],
    (parse_detach_keys, ""): b"",
    (parse_detach_keys, "ctrl-p,ctrl-q"): b"\x10\x11",
    (parse_detach_keys, "a,ctrl-@,ctrl-_,DEL"): b"a\x00\x1f\x7f",
    (parse_tmpfs, "/run:size=64m,mode=1777"): ("/run", "size=64m,mode=1777"),
    (parse_tmpfs, "/run"): ("/run", ""),
    (parse_size, "1e3"): 1000,
    (parse_size, "1.5g"): 1610612736,
    (parse_swap, "-1"): -1,
    (parse_state, "healthy"): "healthy",
    (parse_wait_port, ""): 0,
    (parse_wait_port, "80/tcp"): 80,
    (parse_timeout, "90"): 90.0,
    (parse_timeout, "1m30s"): 90.0,
    (parse_timeout, "0.5"): 0.5,
    (one_of("host"), ""): "",
    (one_of("host", container=True), "container:db"): "container:db",
}


@pytest.mark.parametrize(("read", "text"), GOOD)
def test_what_docker_takes_is_read(read: Reader, text: str) -> None:
    value = read(text)
    if read is parse_exposed:
        value = [port.render() for port in value]
    assert value == GOOD[read, text]


BAD: tuple[tuple[Reader, str], ...] = (
    (parse_extra_host, "db"),
    (parse_extra_host, ":1.2.3.4"),
    (parse_extra_host, "db:host"),
    (parse_extra_host, "a:b=1.2.3.4"),
    (parse_name_server, "dns.example"),
    (parse_name_server, "fe80::1%eth0"),
    (parse_name_server, "01.1.1.1"),
    (parse_search_domain, ""),
    (parse_search_domain, "a..b"),
    (parse_search_domain, "1.2.3.4"),
    (parse_pair, "=x"),
    (parse_full_pair, "size"),
    (parse_sysctl, "net.core.somaxconn"),
    (parse_sysctl, "vm.swappiness=1"),
    (parse_platform, "x86"),
    (parse_platform, "linux/"),
    (parse_platform, "linux/a/b/c"),
    (parse_exposed, "80:80"),
    (parse_exposed, "82-80"),
    (parse_exposed, "70000"),
    (parse_exposed, "80/icmp"),
    (parse_exposed, ""),
    (parse_detach_keys, "foo"),
    (parse_detach_keys, "a,,b"),
    (parse_detach_keys, "ctrl-A"),
    (parse_tmpfs, ""),
    (parse_tmpfs, "run"),
    (parse_tmpfs, "/"),
    (parse_size, "1.5.5g"),
    (parse_size, "64ib"),
    (parse_size, "99999999999g"),
    (parse_size, "9223372036854775807"),
    (parse_size, "1e999"),
    (parse_swap, "-5"),
    (parse_state, "up"),
    (parse_wait_port, "0"),
    (parse_wait_port, "65536"),
    (parse_wait_port, "53/udp"),
    (parse_timeout, "0"),
    (parse_timeout, "soon"),
    (one_of("host"), "container:db"),
    (one_of("host", container=True), "container:"),
)


@pytest.mark.parametrize(("read", "text"), BAD)
def test_what_docker_does_not_take_is_an_error_with_a_way_on(read: Reader, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text)
    assert caught.value.fix


def test_tmpfs_is_written_as_it_is_read() -> None:
    assert [write_tmpfs(parse_tmpfs(text)) for text in ("/a", "/a:ro")] == ["/a", "/a:ro"]


def test_a_label_file_has_the_form_of_an_env_file_and_inherits_nothing() -> None:
    around = AROUND._replace(environ={"bare": "from the host"})
    assert read_label_file("labels", around).labels == (("a", "1"), ("c", " d "))


def test_a_seccomp_profile_is_sent_whole_and_explained_by_its_name() -> None:
    option = read_security_option("seccomp=profile.json", AROUND)
    assert option.sent == 'seccomp={"defaultAction":"SCMP_ACT_ALLOW","n":[1,2]}'
    assert option.said == "seccomp=profile.json"
    assert read_security_option("seccomp=unconfined", AROUND).sent == "seccomp=unconfined"


@pytest.mark.parametrize("text", ["", "foo", "seccomp=", "apparmor=", "seccomp=broken.json"])
def test_what_is_no_security_option(text: str) -> None:
    with pytest.raises(UsageError):
        read_security_option(text, AROUND)


def test_capabilities_are_sent_in_their_full_names() -> None:
    assert normal_capabilities(["net_admin", "CAP_NET_ADMIN", "all"]) == ["ALL", "CAP_NET_ADMIN"]


def test_local_opens_ports_on_this_machine_alone() -> None:
    ports = only_here((*parse_port("8080:80"), *parse_port("[::1]:81:81")))
    assert [port.render() for port in ports] == ["127.0.0.1:8080:80", "[::1]:81:81"]
    with pytest.raises(UsageError, match=r"--local and -p 10\.0\.0\.1:8080:80 exclude each other"):
        only_here(parse_port("10.0.0.1:8080:80"))


def test_waiting_has_a_limit_but_for_an_exit() -> None:
    assert wait_for("healthy", None, None, detached=True) == WaitFor("healthy", None, 60.0)
    assert wait_for("exit", None, None, detached=True) == WaitFor("exit", None, None)
    assert wait_for(None, 0, 5.0, detached=True) == WaitFor("", 0, 5.0)
    assert wait_for(None, None, None, detached=False) is None


@pytest.mark.parametrize(
    ("state", "port", "timeout", "detached", "what"),
    [
        (None, None, 5.0, True, "neither is there"),
        ("exit", 80, None, True, "exclude each other"),
        (None, 80, None, False, "--wait-port goes with -d"),
    ],
)
def test_what_can_not_be_waited_for_together(
    state: str | None, port: int | None, timeout: float | None, detached: bool, what: str
) -> None:
    with pytest.raises(UsageError, match=what):
        wait_for(state, port, timeout, detached=detached)


@given(st.text(max_size=30))
def test_any_text_is_a_value_of_an_option_or_an_error_of_ours(text: str) -> None:
    for option in RUN_OPTIONS:
        if option.kind == "switch" or option.field in {"label_file", "security_opt"}:
            continue
        with suppress(UsageError):
            option.read(text, AROUND)
