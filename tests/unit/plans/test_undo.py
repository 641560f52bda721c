"""What `dk undo` puts back of a run, and what it says of the rest."""

from datetime import UTC, datetime, timedelta
from typing import Any

from dk.operations.restore import RestoreContainer
from dk.output.explain import shell_lines
from dk.plan import Memory, Plan
from dk.plans.undo import plan_undo
from dk.plans.undo_state import Entry, ObservedNetwork, Run, UndoState

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
IMAGE = "sha256:" + "a" * 64
DIGEST = f"nginx@sha256:{'d' * 64}"


def container(name: str, *, image: str = IMAGE, **of: Any) -> Memory:
    data = {
        "Id": f"{name}-id".ljust(64, "0"),
        "Name": f"/{name}",
        "Image": image,
        "State": {"Status": "exited"},
        "Config": {"Image": "nginx", "Env": ["TOKEN=geheim"], "Volumes": None, "Hostname": "h"},
        "HostConfig": {"NetworkMode": "default", **of.get("host", {})},
        "Mounts": of.get("mounts", []),
        "NetworkSettings": {"Networks": of.get("networks", {"bridge": {}})},
    }
    return Memory("container", str(data["Id"]), name, data)


def network(name: str, subnet: str = "10.0.0.0/24", **more: Any) -> Memory:
    ipam = {"Driver": "default", "Options": None, "Config": [{"Subnet": subnet}]}
    data = {"Name": name, "Id": f"{name}-id", "Driver": "bridge", "IPAM": ipam, **more}
    return Memory("network", f"{name}-id", name, data)


def image(*tags: str, digests: tuple[str, ...] = (), identity: str = IMAGE) -> Memory:
    data = {"id": identity, "tags": list(tags), "digests": list(digests), "removed": True}
    return Memory("image", identity, tags[0] if tags else identity[7:19], data)


def volume(name: str, **options: str) -> Memory:
    data = {"Name": name, "Driver": "local", "Options": options or None, "Labels": None}
    return Memory("volume", name, name, data)


def undo(*entries: Memory | Entry, chosen: bool = False, **there: Any) -> Plan:
    known = [each if isinstance(each, Entry) else Entry(each, removed=True) for each in entries]
    time = NOW - timedelta(hours=3)
    run = Run("20261124-090000-3f2a", "clean", "ID", "unix:///a.sock", time, tuple(known))
    there.setdefault("images", {IMAGE: ("nginx:latest",)})
    return plan_undo(run, UndoState(now=NOW, **there), chosen=chosen)


def text(plan: Plan) -> list[str]:
    return [
        *(f"{each.verb} {each.target.name}: {each.cause}" for each in plan.operations),
        *(f"! {notice}" for notice in plan.notices[1:]),
        *(f"- {advice}" for advice in plan.advice),
    ]


def container_of(plan: Plan) -> RestoreContainer:
    (found,) = (each for each in plan.operations if isinstance(each, RestoreContainer))
    return found


STOPPED = "- containers come back stopped, without what they wrote outside of volumes"


def test_networks_and_images_come_before_the_containers_that_need_them() -> None:
    web = container("web", networks={"net": {}}, host={"NetworkMode": "net"})
    plan = undo(web, image("nginx:latest", digests=(DIGEST,)), network("net"), images={})
    assert text(plan) == [
        "put back network net: removed by dk clean",
        "pull image nginx:latest: removed by dk clean",
        "put back container web: removed by dk clean",
        STOPPED,
    ]
    assert container_of(plan).after == (IMAGE, "net-id")
    assert plan.notices[0] == "run 20261124-090000-3f2a: dk clean, 3 hours ago"


def test_only_where_dk_chose_the_run_it_asks() -> None:
    assert undo(network("net"), network("b", "10.1.0.0/24"), chosen=True).question == "Put back 2?"
    assert undo(network("net")).question == ""
    assert undo(volume("data"), chosen=True).question == ""


def test_what_is_there_still_or_again_needs_nothing() -> None:
    web = container("web")
    again = Entry(network("net"), removed=True, restored="new-id")
    plan = undo(
        web, again, image("nginx:latest"), volume("data"),
        containers={web.id: "renamed"},
        networks=(ObservedNetwork("new-id", "net", ("10.0.0.0/24",)),),
        volumes=frozenset({"data"}),
    )  # fmt: skip
    assert text(plan) == [
        "- already there: network net, volume data, image nginx:latest, container web",
        "- nothing to put back; dk undo --list shows earlier runs",
    ]


def test_what_stayed_in_the_end_is_not_spoken_of() -> None:
    assert text(undo(Entry(volume("data"), removed=False))) == [
        "- nothing to put back; dk undo --list shows earlier runs"
    ]


def test_what_cannot_come_back_is_said_with_the_reason() -> None:
    plan = undo(
        volume("data"), volume("more"), Memory("cache", "1", "RUN make", {}),
        network("net", "10.0.0.0/24"), network("taken", "10.9.0.0/24"),
        image("own:1", identity="sha256:b"), container("web"),
        container("of-own", image="sha256:b"),
        containers={"other": "web"},
        networks=(ObservedNetwork("x", "wide", ("10.0.0.0/16",)), ObservedNetwork("y", "taken")),
    )  # fmt: skip
    assert text(plan) == [
        "! can't come back: network net (the subnet is taken by the network wide)",
        "! can't come back: network taken (the name is taken by another network)",
        "! can't come back: volumes data, more (the data is gone)",
        "! can't come back: image own:1 (made or loaded here, no registry has it)",
        "! can't come back: container of-own (the image is gone)",
        "! can't come back: container web (the name is taken by another container)",
        "! can't come back: 1 record of the build cache (the next build makes it again)",
        "- nothing to put back; dk undo --list shows earlier runs",
    ]


def test_missing_tags_come_back_unless_another_image_has_them() -> None:
    plan = undo(
        image("app:1", "app:2", "app:3"), images={IMAGE: ("app:3",), "sha256:c": ("app:2",)}
    )
    assert text(plan) == [
        "tag image app:1: removed by dk clean",
        "! image app:1: another one is tagged app:2 by now",
    ]
    assert [" ".join(map(str, c.argv)) for each in plan.operations for c in each.docker()] == [
        f"docker tag {IMAGE} app:1"
    ]


def test_an_image_is_pulled_by_digest_then_tagged() -> None:
    plan = undo(image("nginx:1", "web:1", digests=("<none>@sha256:0", DIGEST)), images={})
    lines = list(shell_lines(plan.operations[0].docker(), with_secrets=False))
    assert lines == [
        f"docker pull {DIGEST}",
        f"docker tag {DIGEST} nginx:1",
        f"docker tag {DIGEST} web:1",
    ]


def test_a_container_is_made_from_its_image_even_where_the_name_is_another_ones() -> None:
    moved = undo(container("web"), images={IMAGE: (), "sha256:c": ("nginx:latest",)})
    assert container_of(moved).recreation.request["Image"] == IMAGE
    same = undo(container("web"))
    assert container_of(same).recreation.request["Image"] == "nginx"


def test_an_image_of_a_container_is_pulled_where_its_name_has_the_digest() -> None:
    web = container("web")
    web.data["Config"]["Image"] = DIGEST
    assert text(undo(web, images={}))[0] == f"pull image {DIGEST}: of a container below"


def test_containers_that_others_need_come_first_and_are_named_by_their_names() -> None:
    main = container("main")
    side = container("side", host={"NetworkMode": f"container:{main.id}"}, networks={})
    volumes = container("volumes", host={"VolumesFrom": ["side:ro"]})
    plan = undo(volumes, side, main)
    assert [each.target.name for each in plan.operations] == ["main", "side", "volumes"]
    second, third = plan.operations[1:]
    assert isinstance(second, RestoreContainer)
    assert second.recreation.request["HostConfig"]["NetworkMode"] == "container:main"
    assert main.id in second.after
    assert side.id in third.after


def test_a_container_whose_other_is_gone_stays_gone_and_so_do_those_that_need_it() -> None:
    gone = f"container:{'9' * 64}"
    side = container("side", host={"PidMode": gone})
    third = container("third", host={"VolumesFrom": ["side"]})
    assert text(undo(third, side)) == [
        "! can't come back: container side (it needs the container 999999999999, which is gone)",
        "! can't come back: container third (it needs the container side, which is gone)",
        "- nothing to put back; dk undo --list shows earlier runs",
    ]


def test_containers_that_need_one_another_in_a_ring_end_somewhere() -> None:
    one = container("one", host={"VolumesFrom": ["two"]})
    two = container("two", host={"VolumesFrom": ["one"]})
    assert not undo(one, two).operations


def test_a_container_without_its_network_stays_gone() -> None:
    web = container("web", networks={"bridge": {}, "net": {}})
    assert "! can't come back: container web (the network net is gone)" in text(undo(web))


def test_a_volume_that_is_gone_is_new_and_empty_and_that_is_said() -> None:
    mounts = [
        {"Type": "volume", "Name": "data", "Destination": "/data"},
        {"Type": "volume", "Name": "here", "Destination": "/here"},
        {"Type": "bind", "Source": "/x", "Destination": "/x"},
    ]
    plan = undo(container("db", mounts=mounts), volume("data"), volumes=frozenset({"here"}))
    assert text(plan) == [
        "put back container db: removed by dk clean",
        "! can't come back: volume data (the data is gone)",
        "! container db: a new, empty volume at /data, since the old one is gone",
        STOPPED,
    ]


def test_a_volume_whose_data_the_engine_did_not_hold_comes_back() -> None:
    nfs = volume("nfs", type="nfs", o="addr=a,password=geheim", device=":/x")
    plan = undo(nfs, volume("ram", type="tmpfs", device="tmpfs"))
    assert text(plan) == [
        "put back volume nfs: removed by dk clean; its data was never in the engine",
        "! can't come back: volume ram (the data is gone)",
    ]
    lines = "\n".join(shell_lines(plan.operations[0].docker(), with_secrets=False))
    assert lines.splitlines()[-1] == (
        "docker volume create --driver local --opt type=nfs --opt 'o=•••' --opt 'device=•••' nfs"
    )
    assert "geheim" not in lines + repr(plan)


def test_no_value_of_the_environment_is_in_what_a_plan_shows() -> None:
    plan = undo(container("web"))
    shown = repr(plan) + "".join(shell_lines(plan.operations[0].docker(), with_secrets=True))
    assert "geheim" not in shown


def test_what_makes_no_sense_is_said_and_harms_nothing_else() -> None:
    nonsense: tuple[Any, ...] = ({}, None, [], "x", {"Config": None})
    for data in nonsense:
        odd = [
            Memory(kind, "1", kind, data) for kind in ("container", "image", "network", "volume")
        ]
        plan = undo(*odd, network("net"))
        assert [each.target.name for each in plan.operations] == ["net"]
        assert any("makes no sense" in notice for notice in plan.notices)


def test_a_network_is_explained_with_all_its_options() -> None:
    full = network(
        "net",
        Scope="local", EnableIPv6=True, EnableIPv4=False, Internal=True, Attachable=True,
        Options={"com.docker.network.bridge.name": "br7"}, Labels={"team": "core team"},
        IPAM={
            "Driver": "other", "Options": {"a": "b"},
            "Config": [
                {
                    "Subnet": "10.0.0.0/24", "IPRange": "10.0.0.128/25", "Gateway": "10.0.0.1",
                    "AuxiliaryAddresses": {"printer": "10.0.0.5"},
                },
                {"Subnet": "fd00::/64", "Gateway": "fd00::1/64"},
            ],
        },
    )  # fmt: skip
    (line,) = shell_lines(undo(full).operations[0].docker(), with_secrets=False)
    assert line == (
        "docker network create --driver bridge --internal --attachable --ipv6 --ipv4=false"
        " --ipam-driver other --ipam-opt a=b --subnet 10.0.0.0/24 --ip-range 10.0.0.128/25"
        " --gateway 10.0.0.1 --aux-address printer=10.0.0.5 --subnet fd00::/64 --gateway fd00::1"
        " --opt com.docker.network.bridge.name=br7 --label 'team=core team' net"
    )


def test_a_network_that_takes_its_configuration_from_another_waits_for_that() -> None:
    config = network("config", ConfigOnly=True)
    net = network("net", "10.0.0.0/24", ConfigFrom={"Network": "config"})
    net.data["IPAM"]["Config"] = []
    first, second = undo(config, net).operations
    assert first.target.name == "config"
    assert second.after == ("config-id",)
    (line,) = shell_lines(second.docker(), with_secrets=False)
    assert line == "docker network create --driver bridge --config-from config net"
