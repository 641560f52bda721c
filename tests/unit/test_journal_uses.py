"""When something was last used, for `dk clean --unused-for`."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dk.journal.uses import note_use, read_past_uses, read_uses
from dk.journal.writing import Journal
from dk.plan import Memory

NOW = datetime(2026, 11, 24, 11, 50, 3, tzinfo=UTC)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path)}


def test_the_last_use_of_each_name_is_remembered(environ: dict[str, str]) -> None:
    note_use(environ, ["app:1", "sha256:a"], lambda: NOW - timedelta(days=2))
    note_use(environ, ["app:1"], lambda: NOW)
    assert read_uses(environ) == {"app:1": NOW, "sha256:a": NOW - timedelta(days=2)}


def test_after_400_days_a_use_is_forgotten(environ: dict[str, str]) -> None:
    note_use(environ, ["old"], lambda: NOW - timedelta(days=401))
    note_use(environ, ["new"], lambda: NOW)
    assert list(read_uses(environ)) == ["new"]


def test_uses_at_the_same_time_are_all_kept(environ: dict[str, str]) -> None:
    threads = [threading.Thread(target=note_use, args=(environ, [f"app:{n}"])) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_uses(environ)) == 8


def test_a_place_that_cannot_be_written_is_silence(tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("a file in the way")
    environ = {"HOME": str(tmp_path)}
    note_use(environ, ["app:1"])
    assert read_uses(environ) == {}


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1, "b": "x"}', "{", "[" * 99_999, "\0"])
def test_a_file_that_makes_no_sense_is_begun_anew(environ: dict[str, str], text: str) -> None:
    file = Path(environ["HOME"]) / ".local/state/dk/uses.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert read_uses(environ) == {}
    note_use(environ, ["app:1"], lambda: NOW)
    assert read_uses(environ) == {"app:1": NOW}


def container(**state: Any) -> dict[str, Any]:
    return {
        "Image": "sha256:a",
        "State": state,
        "Mounts": [{"Type": "volume", "Name": "data"}, {"Type": "bind", "Source": "/x"}],
        "NetworkSettings": {"Networks": {"web": {"NetworkID": "n1"}, "bridge": {"NetworkID": ""}}},
    }


def test_what_removed_containers_had_was_used_until_they_ended(environ: dict[str, str]) -> None:
    journal = Journal.open(environ, "engine", address="", command="rm", clock=lambda: NOW)
    ended = {"Running": False, "FinishedAt": "2026-11-01T00:00:00.123456789Z"}
    earlier = {"Running": False, "FinishedAt": "2026-10-01T00:00:00Z"}
    never = {"Running": False, "FinishedAt": "0001-01-01T00:00:00Z"}
    data = [container(**ended), container(**earlier), container(**never), {}, None]
    for number, each in enumerate(data):
        journal.destroying([Memory("container", str(number), "x", each)])
    journal.close()
    end = datetime(2026, 11, 1, 0, 0, 0, 123456, tzinfo=UTC)
    assert read_past_uses(environ, "engine") == {
        ("image", "sha256:a"): end,
        ("volume", "data"): end,
        ("network", "web"): end,
        ("network", "n1"): end,
        ("network", "bridge"): end,
    }
    assert read_past_uses(environ, "another") == {}


def test_a_container_that_was_killed_was_used_until_then(environ: dict[str, str]) -> None:
    journal = Journal.open(environ, "engine", address="", command="rm -f", clock=lambda: NOW)
    journal.destroying([Memory("container", "1", "x", container(Running=True))])
    journal.close()
    assert set(read_past_uses(environ, "engine").values()) == {NOW}
