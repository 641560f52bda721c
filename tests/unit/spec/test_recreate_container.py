"""What of a container's inspect the engine is told to make the same container again."""

from typing import Any

from dk.spec.recreate_container import Recreation, recreation

OLD = (1, 41)
NEW = (1, 51)
ID = "abcdef123456" + "0" * 52


def inspected(**of: Any) -> Any:
    return {
        "Id": ID,
        "State": {"Status": of.get("status", "exited")},
        "Config": {"Hostname": "abcdef123456", "Cmd": ["x"], "Entrypoint": None}
        | of.get("config", {}),
        "HostConfig": {"NetworkMode": "web"} | of.get("host", {}),
        "Mounts": of.get("mounts", []),
        "NetworkSettings": {"Networks": of.get("networks", {"web": {}})},
    }


def made(version: tuple[int, ...] = NEW, **of: Any) -> Recreation:
    return recreation(inspected(**of), version, image="app")


def endpoints(done: Recreation) -> Any:
    return done.request["NetworkingConfig"]["EndpointsConfig"]


def test_a_host_name_is_kept_unless_it_was_the_id() -> None:
    assert made().request["Hostname"] == ""
    assert made(config={"Hostname": "db"}).request["Hostname"] == "db"


def test_no_entry_point_stays_none_whatever_the_image_has() -> None:
    assert made().request["Entrypoint"] == [""]
    assert made(config={"Entrypoint": ["sh"]}).request["Entrypoint"] == ["sh"]


def test_several_networks_go_into_one_request_or_follow_one_by_one() -> None:
    networks = {"web": {"Aliases": ["a", "abcdef123456"]}, "db": {"Aliases": None}}
    assert endpoints(made(networks=networks)) == {"web": {"Aliases": ["a"]}, "db": {}}
    assert made(networks=networks).connections == {}
    old = made(OLD, networks=networks)
    assert endpoints(old) == {"web": {"Aliases": ["a"]}}
    assert old.connections == {"db": {}}


def test_a_network_that_was_said_by_its_id_is_said_by_its_name() -> None:
    host = {"NetworkMode": "1234"}
    done = made(host=host, networks={"web": {"NetworkID": "12345678"}})
    assert done.request["HostConfig"]["NetworkMode"] == "web"


def test_one_taken_out_of_its_first_network_does_not_come_back_into_it() -> None:
    done = made(OLD, host={"NetworkMode": "default"}, networks={"db": {}, "web": {}})
    assert done.request["HostConfig"]["NetworkMode"] == "db"
    assert done.connections == {"web": {}}


def test_the_default_network_stays_the_default() -> None:
    done = made(OLD, host={"NetworkMode": "default"}, networks={"bridge": {}})
    assert done.request["HostConfig"]["NetworkMode"] == "default"


def test_a_mac_address_is_kept_where_it_was_asked_for() -> None:
    generated = {"web": {"MacAddress": "02:00:00:00:00:01"}}
    assert endpoints(made(networks=generated, status="running")) == {"web": {}}
    asked = {"MacAddress": "02:00:00:00:00:02"}
    done = made(networks=generated, config=asked)
    assert endpoints(done) == {"web": asked}
    assert "MacAddress" not in done.request
    assert made(OLD, config=asked).request["MacAddress"] == "02:00:00:00:00:02"
    never_ran = made(networks={"web": {}, "db": asked}, status="created")
    assert endpoints(never_ran)["db"] == asked


def test_anonymous_volumes_are_named_and_others_left_alone() -> None:
    mounts = [
        {"Type": "volume", "Name": "hash1", "Destination": "/data"},
        {"Type": "volume", "Name": "hash2", "Destination": "/mnt"},
        {"Type": "volume", "Name": "named", "Destination": "/named"},
        {"Type": "volume", "Name": "of-another", "Destination": "/from"},
    ]
    host = {"Binds": ["named:/named:ro"], "Mounts": [{"Type": "volume", "Target": "/mnt"}]}
    volumes: dict[str, Any] = {"/data": {}, "/named": {}}
    done = made(mounts=mounts, host=host, config={"Volumes": volumes}).request["HostConfig"]
    assert done["Binds"] == ["named:/named:ro", "hash1:/data"]
    assert done["Mounts"] == [{"Type": "volume", "Target": "/mnt", "Source": "hash2"}]


def test_what_a_shared_network_namespace_forbids_is_left_out() -> None:
    done = made(
        host={"NetworkMode": f"container:{'1' * 64}"}, networks={},
        config={"Hostname": "x", "ExposedPorts": {"80/tcp": {}}},
    )  # fmt: skip
    assert done.request["Hostname"] == ""
    assert "ExposedPorts" not in done.request
    assert endpoints(done) == {}


def test_legacy_links_are_said_as_they_were_asked_for() -> None:
    done = made(host={"Links": ["/db:/web/database"]})
    assert done.request["HostConfig"]["Links"] == ["db:database"]


def test_the_inspect_itself_is_left_as_it_is() -> None:
    before = inspected(host={"Links": ["/db:/web/database"], "VolumesFrom": ["x"]})
    recreation(before, NEW, image="app", renamed={"x": "y"})
    assert before["HostConfig"]["Links"] == ["/db:/web/database"]
    assert before["HostConfig"]["VolumesFrom"] == ["x"]
