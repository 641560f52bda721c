"""What dk destroys is written down before, for its user alone, and read back whatever happened."""

import fcntl
import json
import os
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dk.errors import DkError, UsageError
from dk.journal.folder import engine_folder, file_of, journal_folder, new_run_id, runs_in
from dk.journal.reading import find_run, note_restored, runs, runs_elsewhere
from dk.journal.writing import Journal
from dk.plan import Memory

ENGINE = "ABCD:EFGH"
NOW = datetime(2026, 11, 24, 11, 50, 3, tzinfo=UTC)
WEB = Memory("container", "c" * 64, "web", {"Config": {"Env": ["TOKEN=geheim"]}})
NET = Memory("network", "n" * 64, "net", {"Name": "net"})


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path)}


def opened(environ: dict[str, str], engine: str = ENGINE, now: datetime = NOW) -> Journal:
    return Journal.open(
        environ, engine, address="unix:///a.sock", command="clean", clock=lambda: now
    )


def written(
    environ: dict[str, str], *memories: Memory, removed: bool | None = True, **of: Any
) -> None:
    journal = opened(environ, **of)
    journal.destroying(memories)
    if removed is not None:
        journal.settled(memories, removed=removed)
    journal.close()


def files(environ: dict[str, str]) -> list[Path]:
    return sorted(journal_folder(environ).rglob("*.jsonl"))


def test_a_run_is_read_as_it_was_written(environ: dict[str, str]) -> None:
    written(environ, WEB, NET)
    (run,) = runs(environ, ENGINE)
    assert run.id.startswith("20261124-115003-")
    assert (run.command, run.engine, run.address) == ("clean", ENGINE, "unix:///a.sock")
    assert (run.time, run.active) == (NOW, False)
    assert [(entry.memory, entry.removed) for entry in run.entries] == [(WEB, True), (NET, True)]


def test_only_the_user_may_read_it(environ: dict[str, str]) -> None:
    old = os.umask(0)
    try:
        written(environ, WEB)
    finally:
        os.umask(old)
    (file,) = files(environ)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for folder in list(file.parents)[:3]:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_its_place_follows_xdg_where_that_is_absolute(tmp_path: Path) -> None:
    for state, place in (
        (str(tmp_path / "state"), tmp_path / "state" / "dk"),
        ("state", tmp_path / ".local" / "state" / "dk"),
    ):
        written({"HOME": str(tmp_path), "XDG_STATE_HOME": state}, WEB)
        assert list(place.rglob("*.jsonl"))


def test_each_engine_has_a_folder_of_its_own_with_a_harmless_name(environ: dict[str, str]) -> None:
    ids = ("A:B", "unix:///run/a.sock", "unix:///run/a_sock", "../../etc", "x" * 300, "ü", "..")
    names = {engine_folder(environ, each).name for each in ids}
    assert len(names) == len(ids)
    for name in names:
        assert not set(name) & set("/.:")
        assert len(name.encode()) <= 255


def test_a_run_that_destroyed_nothing_leaves_no_file(environ: dict[str, str]) -> None:
    opened(environ).close()
    written(environ, WEB, removed=False)
    assert files(environ) == []


def test_what_was_not_settled_counts_as_maybe_removed(environ: dict[str, str]) -> None:
    written(environ, WEB, removed=None)
    (run,) = runs(environ, ENGINE)
    assert [entry.removed for entry in run.destroyed] == [None]


def test_what_was_kept_is_not_among_the_destroyed(environ: dict[str, str]) -> None:
    journal = opened(environ)
    journal.destroying([WEB])
    journal.destroying([NET])
    journal.settled([WEB], removed=False)
    journal.settled([NET], removed=True)
    journal.close()
    (run,) = runs(environ, ENGINE)
    assert [entry.memory.name for entry in run.destroyed] == ["net"]


def test_it_is_on_file_before_anything_is_removed(environ: dict[str, str]) -> None:
    journal = opened(environ)
    journal.destroying([WEB])
    (file,) = files(environ)
    assert json.loads(file.read_text().splitlines()[1])["data"] == WEB.data
    journal.close()


def test_a_torn_last_line_is_left_out(environ: dict[str, str]) -> None:
    written(environ, WEB, NET)
    (file,) = files(environ)
    whole = file.read_bytes()
    head = whole.index(b"\n") + 1
    for end in range(head, len(whole), 7):
        file.write_bytes(whole[:end])
        for run in runs(environ, ENGINE):
            assert [entry.memory for entry in run.destroyed] in ([WEB], [WEB, NET])
    file.write_bytes(whole[: whole.rindex(b'{"event":"destroyed"') + 9])
    (run,) = runs(environ, ENGINE)
    assert [entry.removed for entry in run.entries] == [True, None]


def test_a_file_without_its_first_line_is_no_run(environ: dict[str, str]) -> None:
    written(environ, WEB)
    (file,) = files(environ)
    for content in (b"", b"\n", b"[]\n", b"{}\n", b'{"version":1}\n', b"\xff\xfe", b"[" * 99_999):
        file.write_bytes(content)
        assert list(runs(environ, ENGINE)) == []


def test_a_run_of_a_newer_dk_is_refused_in_words(environ: dict[str, str]) -> None:
    written(environ, WEB)
    (file,) = files(environ)
    file.write_bytes(file.read_bytes().replace(b'"version":1', b'"version":2', 1))
    with pytest.raises(DkError, match="was written by a newer dk"):
        find_run(environ, ENGINE, "2026")


def test_many_threads_write_whole_lines(environ: dict[str, str]) -> None:
    journal = opened(environ)

    def remove(number: int) -> None:
        memories = [Memory("container", f"{number}-{n}", "x", {"a": "b" * 5000}) for n in range(50)]
        for memory in memories:
            journal.destroying([memory])
            journal.settled([memory], removed=True)

    threads = [threading.Thread(target=remove, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    (run,) = runs(environ, ENGINE)
    assert len(run.entries) == 400
    assert all(entry.removed for entry in run.entries)


def test_runs_at_the_same_second_have_files_of_their_own(environ: dict[str, str]) -> None:
    journals = [opened(environ) for _ in range(20)]
    for journal in journals:
        journal.destroying([WEB])
        journal.close()
    assert len(files(environ)) == 20


def test_a_run_in_progress_is_told_by_its_lock(environ: dict[str, str]) -> None:
    journal = opened(environ)
    assert not list(runs(environ, ENGINE))  # it may still be asking
    journal.destroying([WEB])
    (run,) = runs(environ, ENGINE)
    assert run.active
    journal.close()
    (run,) = runs(environ, ENGINE)
    assert not run.active


def test_after_30_days_a_run_is_gone_unless_it_still_goes_on(environ: dict[str, str]) -> None:
    written(environ, WEB, now=NOW - timedelta(days=31))
    written(environ, WEB, now=NOW - timedelta(days=31), engine="another")
    written(environ, WEB, now=NOW - timedelta(days=29))
    going_on = opened(environ, now=NOW - timedelta(days=40))
    going_on.destroying([NET])
    written(environ, WEB)
    kept = [file.name[:8] for file in files(environ)]
    assert kept == ["20261015", "20261026", "20261124"]
    going_on.close()


def test_other_files_in_the_folder_stay(environ: dict[str, str]) -> None:
    written(environ, WEB)
    other = engine_folder(environ, ENGINE) / "1999.jsonl"
    other.write_text("mine")
    written(environ, WEB)
    assert other.read_text() == "mine"
    assert len(runs_in(other.parent)) == 2


def test_a_folder_that_cannot_be_written_is_said_before_anything(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file in the way")
    with pytest.raises(DkError, match="can't write the journal") as raised:
        opened({"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")})
    assert raised.value.fix == "make it writable, or add --no-journal (dk undo then can't help)"


FULL_DISK = """
import resource, sys
from dk.errors import DkError
from dk.journal.writing import Journal
from dk.plan import Memory

journal = Journal.open({"HOME": sys.argv[1]}, "engine", address="", command="clean")
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
first, second = Memory("volume", "1", "first", {}), Memory("volume", "2", "second", "x" * 9000)
journal.destroying([first])
try:
    journal.destroying([second])
except DkError as error:
    print(error.fix)
journal.settled([first], removed=True)
journal.close()
"""


def test_a_full_disk_is_an_error_of_that_removal_and_leaves_whole_lines(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stdout == "make room, or add --no-journal (dk undo then can't help)\n"
    environ = {"HOME": str(tmp_path)}
    (run,) = runs(environ, "engine")
    assert [(entry.memory.name, entry.removed) for entry in run.entries] == [("first", True)]
    (file,) = files(environ)
    assert all(json.loads(line) for line in file.read_text().splitlines())


KILLED = """
import os, signal, sys
from dk.journal.writing import Journal
from dk.plan import Memory

journal = Journal.open({"HOME": sys.argv[1]}, "engine", address="", command="clean")
journal.destroying([Memory("volume", "1", "first", {})])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_run_is_over_and_what_it_wrote_is_there(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, tmp_path], check=False)
    (run,) = runs({"HOME": str(tmp_path)}, "engine")
    assert not run.active
    assert [entry.memory.name for entry in run.destroyed] == ["first"]


def test_threads_that_are_late_find_the_run_over(environ: dict[str, str]) -> None:
    journal = opened(environ)
    journal.destroying([WEB])
    journal.close()
    journal.close()
    journal.settled([WEB], removed=True)
    with pytest.raises(DkError, match="the run is over"):
        journal.destroying([NET])


def test_a_run_is_found_by_a_unique_beginning(environ: dict[str, str]) -> None:
    written(environ, WEB, now=NOW)
    written(environ, WEB, now=NOW - timedelta(days=1))
    assert find_run(environ, ENGINE, "20261123").time == NOW - timedelta(days=1)
    with pytest.raises(UsageError, match="20261 is the beginning of 2 runs"):
        find_run(environ, ENGINE, "20261")
    run = next(runs(environ, ENGINE)).id
    with pytest.raises(UsageError) as raised:
        find_run(environ, ENGINE, f"{run[:-1]}x")
    assert raised.value.fix == f"did you mean {run}?"
    for text in ("", "x", "../secret"):
        with pytest.raises(UsageError, match="no run"):
            find_run(environ, ENGINE, text)


def test_the_latest_run_comes_first_and_other_engines_are_counted(environ: dict[str, str]) -> None:
    for days in (2, 0, 1):
        written(environ, WEB, now=NOW - timedelta(days=days))
    written(environ, NET, engine="another")
    assert [run.id[:8] for run in runs(environ, ENGINE)] == ["20261124", "20261123", "20261122"]
    assert runs_elsewhere(environ, ENGINE) == 1
    assert runs_elsewhere({"HOME": "/nonexistent"}, ENGINE) == 0


def test_what_was_put_back_is_noted_even_behind_a_torn_line(environ: dict[str, str]) -> None:
    written(environ, WEB, NET)
    (file,) = files(environ)
    file.write_bytes(file.read_bytes()[:-5])
    run = next(runs(environ, ENGINE)).id
    note_restored(environ, ENGINE, run, ("network", NET.id), "new")
    note_restored(environ, ENGINE, "20000101-000000-0000", ("network", NET.id), "new")
    assert [entry.restored for entry in next(runs(environ, ENGINE)).entries] == ["", "new"]


def test_a_lock_of_somebody_who_reads_does_not_hold_a_run_up(environ: dict[str, str]) -> None:
    written(environ, WEB)
    (file,) = files(environ)
    with file.open() as reader:
        fcntl.flock(reader, fcntl.LOCK_SH)
        assert not next(runs(environ, ENGINE)).active


def test_ids_of_runs_sort_by_time() -> None:
    ids = [new_run_id(NOW + timedelta(seconds=n)) for n in range(100)]
    assert ids == sorted(ids)
    assert file_of(Path("x"), ids[0]).name == f"{ids[0]}.jsonl"
