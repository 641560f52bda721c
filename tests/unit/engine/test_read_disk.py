"""What takes disk space, read from the engine's JSON."""

from datetime import UTC, datetime

from dk.engine.read_disk import cache_record, image, last_uses

NOON = 1_790_000_000


def event(kind: str, action: str, identity: str, **attributes: str) -> dict[str, object]:
    actor = {"ID": identity, "Attributes": attributes}
    return {"Type": kind, "Action": action, "Actor": actor, "time": NOON}


def used(*events: dict[str, object]) -> set[str]:
    uses = last_uses(events)
    assert set(uses.values()) <= {datetime.fromtimestamp(NOON, UTC)}
    return set(uses)


def test_an_image_that_was_run_without_a_tag_is_the_latest() -> None:
    assert "tool:latest" in used(event("container", "die", "c1", image="tool"))
    assert "host:5000/tool:latest" in used(event("container", "die", "c1", image="host:5000/tool"))
    assert "tool:2" in used(event("container", "die", "c1", image="tool:2"))


def test_volumes_and_networks_are_used_too() -> None:
    assert "data" in used(event("volume", "mount", "data"))
    assert {"net-id", "front"} <= used(event("network", "connect", "net-id", name="front"))


def test_a_pull_is_a_use_and_a_removal_is_none() -> None:
    assert "app:1" in used(event("image", "pull", "app:1", name="app"))
    assert not used(event("image", "untag", "app:1"), event("volume", "destroy", "data"))


def test_a_date_that_no_calendar_has_is_not_known() -> None:
    assert image({"Id": "sha256:a", "Created": -62_167_219_200}, {}).created is None
    assert image({"Id": "sha256:a", "Created": 10**18}, {}).created is None


def test_digests_are_no_tags_where_the_store_lists_them_among_these() -> None:
    read = image({"Id": "a", "RepoTags": ["app@sha256:1"], "RepoDigests": ["app@sha256:1"]}, {})
    assert (read.tags, read.digests) == ((), ("app@sha256:1",))


def test_parents_of_cache_are_found_under_every_engines_key() -> None:
    for parents in ({"Parent": "p"}, {"Parents": ["p"]}, {" Parents": ["p"]}):
        assert cache_record({"ID": "a", **parents}).parents == ("p",)
    assert cache_record({"ID": "a", "Parent": ""}).parents == ()
