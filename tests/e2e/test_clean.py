"""`dk clean` on a real engine: what goes, what stays, and how it is said."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker as sdk
import jsonschema
import pexpect
import pytest

from tests.clean_scene import YES, Scene, by_status, destroyed, journal, kept, planned
from tests.conftest import RunDk

pytestmark = pytest.mark.engine

COMPOSE = "com.docker.compose"


@pytest.fixture
def scene(engine: sdk.APIClient, run_dk: RunDk, busybox: str) -> Iterator[Scene]:
    made = Scene(engine, run_dk)
    yield made
    made.clear()


# containers


def test_stopped_containers_go_and_say_why(scene: Scene, engine: sdk.APIClient) -> None:
    scene.ended("failed", "sh", "-c", "exit 3")
    scene.ended("fine")
    scene.container("never-started")
    scene.container("runs", "sleep", "600", start=True)
    scene.container("paused", "sleep", "600", start=True)
    engine.pause("scene-paused")
    done = scene.clean("containers", *YES)
    assert done.code == 0, done.err
    causes = {each["target"]["name"]: each["cause"] for each in done.json["operations"]}
    assert causes["scene-failed"].startswith("exited ")
    assert causes["scene-failed"].endswith(", code 3")
    assert causes["scene-fine"].endswith(", code 0")
    assert causes["scene-never-started"].endswith(", never started")
    assert kept(done.json)["scene-runs"] == "running"
    assert kept(done.json)["scene-paused"] == "paused"
    assert scene.containers() == {"runs", "paused"}


def test_what_is_meant_to_start_again_stays_unless_all_is_said(scene: Scene) -> None:
    for policy in ("always", "unless-stopped"):
        scene.container(policy, restart_policy={"Name": policy})
    scene.container("on-failure", restart_policy={"Name": "on-failure"})
    service = {f"{COMPOSE}.project": "shop", f"{COMPOSE}.service": "db"}
    scene.container("service", labels={**service, f"{COMPOSE}.oneoff": "False"})
    scene.container("one-off", labels={**service, f"{COMPOSE}.oneoff": "True"})
    scene.container("kind", labels={"io.x-k8s.kind.cluster": "kind"})
    done = scene.clean("containers", *YES)
    assert scene.containers() == {"always", "unless-stopped", "service", "kind"}
    why = kept(done.json)
    assert why["scene-always"] == "meant to start again: its restart policy (-a takes it)"
    assert why["scene-service"] == "a service of a Compose project (-a takes it)"
    assert why["scene-kind"] == "of kind (-a takes it)"
    scene.clean("containers", "-a", *YES)
    assert scene.containers() == set()


def test_what_is_young_stays_by_default(scene: Scene, run_dk: RunDk) -> None:
    scene.ended("young")
    scene.network("young")
    done = run_dk("clean", *YES, "--label", "scene=scene")
    assert done.json["operations"] == []
    assert kept(done.json)["scene-young"] == "younger than 10m (--grace)"
    assert (scene.containers(), scene.networks()) == ({"young"}, {"young"})


def test_age_counts_from_the_end_of_a_container_and_not_from_its_birth(scene: Scene) -> None:
    scene.container("old")
    scene.container("just-ended", "sh", "-c", "exit 0")
    time.sleep(2.1)
    scene.engine.start("scene-just-ended")
    scene.engine.wait("scene-just-ended")
    scene.clean("containers", "--older-than", "2s", *YES)
    assert scene.containers() == {"just-ended"}


def test_names_labels_and_projects_choose(scene: Scene) -> None:
    scene.container("api", labels={"team": "core", f"{COMPOSE}.project": "shop"})
    scene.container("db-1", labels={f"{COMPOSE}.project": "shop"})
    scene.container("db-2", labels={"team": "web", f"{COMPOSE}.project": "shop"})
    scene.container("mine", labels={"dk.keep": "true", f"{COMPOSE}.project": "shop"})
    scene.container("other", labels={f"{COMPOSE}.project": "forum"})
    scene.container("hand-made")
    keep = ("--keep", "*-db-1", "--keep", "label:team=web", "--keep", "nothing-so")
    done = scene.clean("containers", "--project", "shop", *keep, *YES)
    assert scene.containers() == {"db-1", "db-2", "mine", "other", "hand-made"}
    assert kept(done.json)["scene-db-1"] == "keep *-db-1"
    assert kept(done.json)["scene-mine"] == "labelled dk.keep=true"
    assert kept(done.json)["scene-other"] == "not of the project shop"
    assert done.json["notices"] == ["keep nothing-so (--keep): nothing here has that name or label"]


# networks


def test_a_network_goes_only_when_no_container_is_configured_for_it(
    scene: Scene, engine: sdk.APIClient
) -> None:
    for name in ("free", "running", "stopped", "created", "second", "disconnected", "by-hand"):
        scene.network(name, labels={"dk.made-by": "dk"})
    engine.remove_network("scene-by-hand")
    engine.create_network("scene-by-hand", labels=scene.labels)
    again = {"Name": "always"}
    scene.container("a", "sleep", "600", start=True, network_mode="scene-running")
    scene.ended("b", "true", network_mode="scene-stopped")
    scene.container("c", network_mode="scene-created", restart_policy=again)
    engine.connect_container_to_network("scene-c", "scene-second")
    scene.container("d", network_mode="scene-disconnected", restart_policy=again)
    engine.disconnect_container_from_network("scene-d", "scene-disconnected")
    done = scene.clean("networks", *YES)
    assert by_status(done.json)["done"] == {"scene-free": ""}
    why = kept(done.json)
    assert why["scene-stopped"] == "in use by scene-b"
    assert why["scene-created"] == "in use by scene-c"
    assert why["scene-second"] == "in use by scene-c"
    assert why["scene-disconnected"] == "in use by scene-d"
    assert why["scene-by-hand"] == "made by hand (-a takes it)"
    # The network of a container that goes in the same run goes after it.
    done = scene.clean("containers", "networks", *YES)
    assert by_status(done.json)["done"] == {"scene-b": "", "scene-stopped": ""}
    scene.clean("networks", "-a", *YES)
    assert scene.networks() == {"running", "created", "second", "disconnected"}


def test_the_engines_own_networks_are_not_even_mentioned(run_dk: RunDk) -> None:
    done = run_dk("clean", "networks", "-a", "--dry-run", "--json", "--grace", "0")
    names = {*planned(done.json), *kept(done.json)}
    assert names.isdisjoint({"bridge", "host", "none"})


# volumes


def test_volumes_go_only_when_they_are_asked_for(scene: Scene) -> None:
    anonymous = scene.anonymous_volume()
    scene.volume("named")
    done = scene.clean_unlabelled("--keep", "scene-*", *YES)
    assert anonymous not in planned(done.json)
    done = scene.clean_unlabelled("volumes", *YES)
    assert by_status(done.json)["done"] == {anonymous: ""}
    assert kept(done.json)["scene-named"] == "named (--named-volumes GLOB takes it)"
    assert scene.volumes() == {"named"}


def test_named_volumes_go_by_a_glob_and_mounted_ones_never(scene: Scene) -> None:
    for name in ("test-1", "test-2", "data", "test-used"):
        scene.volume(name)
    scene.container("stopped", binds=["scene-test-used:/data"])
    done = scene.clean("volumes", "--named-volumes", "scene-test-*", *YES)
    assert by_status(done.json)["done"] == {"scene-test-1": "", "scene-test-2": ""}
    assert kept(done.json)["scene-test-used"] == "in use by scene-stopped"
    assert scene.volumes() == {"data", "test-used"}


def test_volumes_that_lose_their_container_in_this_run_stay_for_the_next(scene: Scene) -> None:
    container = scene.ended("db", "true", volumes=["/data"])
    (mount,) = scene.engine.inspect_container(container)["Mounts"]
    scene.volume("named")
    scene.ended("app", "true", binds=["scene-named:/data"])
    done = scene.clean_unlabelled(
        "containers", "volumes", "--named-volumes", "scene-*", *YES, "--show-kept"
    )
    assert set(by_status(done.json)["done"]) == {"scene-db", "scene-app"}
    assert kept(done.json)[mount["Name"]] == "its container goes only now: scene-db"
    assert kept(done.json)["scene-named"] == "its container goes only now: scene-app"
    assert scene.volumes() == {mount["Name"], "named"}
    scene.clean_unlabelled("volumes", "--named-volumes", "scene-*", *YES)
    assert scene.volumes() == set()


# how it is said


def test_the_document_is_valid_and_complete(
    scene: Scene, schema: dict[str, Any], environ: dict[str, str]
) -> None:
    gone = scene.ended("gone", "sh", "-c", "exit 137")
    network = scene.network("gone")
    scene.container("runs", "sleep", "600", start=True)
    dry = scene.clean("--dry-run", "--json")
    done = scene.clean(*YES)
    for each in (dry, done):
        assert each.code == 0, each.err
        jsonschema.validate(each.json, schema)
        assert [o["target"]["id"] for o in each.json["operations"]] == [gone, network]
    assert (dry.json["status"], done.json["status"]) == ("planned", "done")
    assert dry.json["operations"][0]["outcome"] is None
    assert dry.json["bytes"]["measured"] is None
    assert done.json["operations"][0]["since"].endswith("Z")
    assert [o["undo"] for o in done.json["operations"]] == ["config only", "full"]
    assert done.json["bytes"]["predicted"] == done.json["bytes"]["measured"] == 0
    assert done.json["bytes"]["exact"] is True
    assert destroyed(Path(environ["HOME"])) == {gone, network}


def test_nobody_to_ask_means_the_plan_and_2(
    scene: Scene, schema: dict[str, Any], environ: dict[str, str]
) -> None:
    scene.ended("job")
    asked = scene.clean()
    assert asked.code == 2
    assert "  scene-job" in asked.out
    assert "config only" in asked.out
    assert asked.err == "dk: nothing done: nobody is there to answer\n    add -y to do it\n"
    document = scene.clean("--json")
    assert (document.code, document.json["status"]) == (2, "unanswered")
    jsonschema.validate(document.json, schema)
    assert scene.containers() == {"job"}
    assert journal(Path(environ["HOME"])) == []


def test_the_plan_in_a_pipe_reads_in_one_screen(scene: Scene) -> None:
    scene.ended("job", "sh", "-c", "exit 3")
    scene.container("waits")
    scene.network("net")
    scene.container("runs", "sleep", "600", start=True)
    shown = scene.clean("containers", "networks", "--dry-run", "--show-kept")
    assert shown.code == 0
    lines = shown.out.splitlines()
    assert lines[1] == "containers (2)"
    assert lines[2].split() == ["NAME", "AGE", "SIZE", "UNDO", "WHY"]
    assert "networks (1)" in lines
    assert "keep container scene-runs: running" in lines
    assert lines[-1] == "to remove: 2 containers, 1 network"


def test_nothing_to_remove_is_said_and_done_without_a_question(scene: Scene) -> None:
    done = scene.clean("containers")
    assert done.code == 0
    assert done.out.splitlines()[-1] == "nothing to remove"


def test_what_went_is_told_in_a_pipe_one_by_one(scene: Scene) -> None:
    scene.ended("job", "sh", "-c", "exit 3")
    done = scene.clean("containers", "-y")
    assert done.code == 0
    assert done.out.startswith("removed container scene-job: exited ")
    assert done.err.startswith("removed 1 of 1")


def test_quiet_prints_just_what_went(scene: Scene) -> None:
    scene.ended("job")
    scene.network("net")
    done = scene.clean("-y", "-q")
    assert (done.code, done.out, done.err) == (0, "scene-job\nscene-net\n", "")


def test_f_names_y(scene: Scene) -> None:
    scene.ended("job")
    for flag in ("-f", "--force"):
        done = scene.clean(flag)
        assert done.code == 2
        assert "-y answers yes: dk clean -y" in done.err
    assert scene.containers() == {"job"}


@pytest.mark.one_engine
def test_bad_words_are_one_clear_error_and_nothing_is_touched(scene: Scene) -> None:
    scene.ended("job")
    for words, said in (
        (["contaners"], "try containers"),
        (["--older-than", "7y"], "--older-than"),
        (["--unused-for", "2026-13-31"], "--unused-for"),
        (["--grace", "soon"], "--grace"),
        (["--keep-last", "-1"], "--keep-last"),
        (["--keep", "[a"], "--keep"),
    ):
        done = scene.clean("-y", *words)
        assert (done.code, done.out) == (2, ""), words
        assert said in done.err
        assert len(done.err.splitlines()) <= 3
    assert scene.containers() == {"job"}


@pytest.mark.one_engine
def test_a_bad_file_is_an_error_with_its_line(scene: Scene, environ: dict[str, str]) -> None:
    scene.ended("job")
    file = Path(environ["HOME"]) / ".config/dk/config.toml"
    file.parent.mkdir(parents=True)
    for text, line in (
        ("[clean\nall = true\n", 1),
        ("[clean]\nkeeep = ['a']\n", 2),
        ("[clean]\n\nolder-than = 'soon'\n", 3),
        ("[clean]\nkinds = ['images', 'cats']\n", 2),
    ):
        file.write_text(text)
        done = scene.clean("-y")
        assert (done.code, done.out) == (2, ""), text
        assert f"{file}:{line}" in done.err
    assert scene.containers() == {"job"}


def test_files_have_their_say(scene: Scene, environ: dict[str, str], tmp_path: Path) -> None:
    for name in ("of-the-user", "of-the-project", "of-docker", "job"):
        scene.container(name, labels={"pruned": str(name != "of-docker").lower()})
    user = Path(environ["HOME"]) / ".config/dk/config.toml"
    user.parent.mkdir(parents=True)
    user.write_text("[clean]\nkeep = ['*-of-the-user']\n")
    (tmp_path / "dk.toml").write_text("[clean]\nall = true\nkeep = ['*-of-the-project']\n")
    docker = Path(environ["HOME"]) / ".docker/config.json"
    docker.parent.mkdir()
    docker.write_text(json.dumps({"pruneFilters": ["label=pruned=true"]}))
    done = scene.clean("containers", *YES, cwd=tmp_path)
    assert by_status(done.json)["done"] == {"scene-job": ""}
    assert any("dk.toml" in notice for notice in done.json["notices"])
    assert "pruneFilters" in kept(done.json)["scene-of-docker"]


# a terminal


def spawn(environ: dict[str, str], words: list[str]) -> "pexpect.spawn[str]":
    return pexpect.spawn(
        sys.executable,
        ["-m", "dk", *words],
        env=environ,
        encoding="utf-8",
        timeout=20,
        dimensions=(40, 80),
    )


def rest(child: "pexpect.spawn[str]") -> tuple[str, int | None]:
    child.expect(pexpect.EOF)
    child.close()
    return (child.before or "").replace("\r\n", "\n"), child.exitstatus


def test_the_question_says_how_many_can_not_be_undone_and_no_means_no(
    scene: Scene, environ: dict[str, str]
) -> None:
    scene.ended("job")
    scene.volume("data")
    child = spawn(environ, scene.line("--volumes", "--named-volumes", "scene-*"))
    child.expect_exact("Remove 2? 1 can't be undone. [y/N] ")
    child.sendline("n")
    text, code = rest(child)
    assert "nothing done" in text
    assert code == 1
    assert (scene.containers(), scene.volumes()) == ({"job"}, {"data"})


def test_at_80_columns_no_line_is_longer_and_every_reason_is_whole(
    scene: Scene, environ: dict[str, str]
) -> None:
    long = "a-container-with-quite-a-long-name-" + "x" * 50
    scene.ended(long, "sh", "-c", "exit 137")
    scene.network("n" * 90)
    environ["NO_COLOR"] = "1"
    child = spawn(environ, scene.line("containers", "networks"))
    child.expect_exact("Remove 2? [y/N] ")
    shown = (child.before or "").splitlines()
    assert all(len(line) <= 80 for line in shown)
    assert any(line.endswith(", code 137") for line in shown)
    assert any(line.endswith("unused, made by dk") for line in shown)
    child.sendline("y")
    text, code = rest(child)
    assert code == 0
    assert "removed 2 of 2" in text


@pytest.mark.one_engine
def test_colour_is_for_those_who_want_it(scene: Scene, environ: dict[str, str]) -> None:
    colour = re.compile(r"\x1b\[[0-9;]+m")
    environ["TERM"] = "xterm-256color"
    for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        scene.ended("job")
        text, code = rest(spawn({**environ, **env}, scene.line("containers", "-y")))
        assert code == 0
        assert bool(colour.search(text)) is coloured


# the journal


def blocked(folder: Path) -> None:
    """Let nobody, not even root, write below a folder: a file stands in its place."""
    folder.parent.mkdir(parents=True)
    folder.write_text("")


def test_a_state_folder_that_can_not_be_written_is_said_before_anything_is_removed(
    scene: Scene, environ: dict[str, str], schema: dict[str, Any]
) -> None:
    scene.ended("job")
    blocked(Path(environ["HOME"]) / ".local/state/dk")
    done = scene.clean("-y")
    assert done.code == 1
    assert done.err.startswith("dk: can't write the journal ")
    assert "or add --no-journal (dk undo then can't help)" in done.err
    jsonschema.validate(scene.clean(*YES).json, schema)
    assert scene.containers() == {"job"}
    assert scene.clean("-y", "--no-journal").code == 0
    assert scene.containers() == set()


def test_only_looking_needs_no_journal(scene: Scene, environ: dict[str, str]) -> None:
    scene.ended("job")
    blocked(Path(environ["HOME"]) / ".local/state/dk")
    assert scene.clean("--dry-run").code == 0
    assert scene.clean("--explain").code == 0


def test_the_journal_is_for_its_owner_alone_and_keeps_what_undo_needs(
    scene: Scene, environ: dict[str, str], engine: sdk.APIClient, run_dk: RunDk
) -> None:
    job = scene.ended("job", "sh", "-c", "exit 3")
    scene.network("net")
    before = engine.inspect_container(job)
    done = scene.clean("-y")
    assert done.code == 0
    folder = Path(environ["HOME"]) / ".local/state/dk/journal"
    (file,) = folder.glob("*/*.jsonl")
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert run_dk("undo", "-y").code == 0
    after = engine.inspect_container("scene-job")
    assert after["Config"] == {**before["Config"], "Hostname": after["Config"]["Hostname"]}
    assert (after["Name"], after["Image"]) == (before["Name"], before["Image"])
    assert scene.networks() == {"net"}


def test_rm_and_replace_are_written_down_too(
    run_dk: RunDk, environ: dict[str, str], engine: sdk.APIClient, busybox: str
) -> None:
    home = Path(environ["HOME"])
    removed = engine.create_container(busybox, "true", name="to-remove")["Id"]
    replaced = engine.create_container(busybox, "true", name="to-replace")["Id"]
    assert run_dk("rm", "to-remove").code == 0
    assert destroyed(home) == {removed}
    assert run_dk("run", "-d", "--replace", "--name", "to-replace", busybox, "true").code == 0
    assert destroyed(home) == {removed, replaced}
    assert {each.get("command") for each in journal(home)} - {None} == {"rm", "run"}


# a whole engine

EVERYTHING = """
set -eu
left() {
  docker ps -a --format 'container {{.Names}}'
  docker images --format 'image {{.Repository}}:{{.Tag}}'
  docker network ls --format 'network {{.Name}}'
  docker volume ls --format 'volume {{.Name}}' | cut -c 1-20 | sed -E 's/ [0-9a-f]{13}$/ anonymous/'
  echo
}
mkdir "$1/root" && cp "$(command -v busybox)" "$1/root/busybox"
tar -C "$1/root" -c . | docker import - box:1 >/dev/null
echo one > "$1/root/one"
tar -C "$1/root" -c one | docker import -m 1 - unused:1 >/dev/null
tar -C "$1/root" -c one | docker import -m 2 - lost:1 >/dev/null
docker run -d --name runs -v named:/data box:1 /busybox sleep 600 >/dev/null
docker run --name ended box:1 /busybox true
docker create --name waits -v /anonymous --restart always box:1 /busybox >/dev/null
docker volume create >/dev/null
docker volume create other >/dev/null
docker network create --label com.docker.compose.network=default shop_default >/dev/null
docker network create by-hand >/dev/null
docker tag box:1 lost:1
"$2" -m dk clean -y -q --grace 0 >/dev/null
left
"$2" -m dk clean -y -q --grace 0 -a >/dev/null
left
"$2" -m dk clean -y -q --grace 0 -a --volumes --named-volumes 'o*' >/dev/null
left
"""

BUILT_IN = ["network bridge", "network host", "network none"]


def test_without_a_scope_a_whole_engine_keeps_what_is_in_use_or_was_not_asked_for(
    tmp_path: Path,
) -> None:
    """In a private engine of its own, so that it harms nobody."""
    argv = [
        *("env", f"HOME={tmp_path}", sys.executable, "-m", "dk", "engine", "run", "--"),
        *("bash", "-c", EVERYTHING, "clean", str(tmp_path), sys.executable),
    ]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    first, second, third = (sorted(part.splitlines()) for part in done.stdout.split("\n\n")[:3])
    volumes = ["volume anonymous", "volume anonymous", "volume named", "volume other"]
    assert first == [
        "container runs", "container waits", "image box:1", "image lost:1", "image unused:1",
        "network bridge", "network by-hand", "network host", "network none", *volumes,
    ]  # fmt: skip
    # The volume of the container that went just now stays for the next time.
    assert second == ["container runs", "image box:1", "image lost:1", *BUILT_IN, *volumes]
    assert third == ["container runs", "image box:1", "image lost:1", *BUILT_IN, "volume named"]
