import pytest

from dk.engine.config_file import Mistake
from dk.engine.context import Target
from dk.errors import DkError, NoEngineError
from dk.model import Disk
from dk.plugins import Program
from dk.report import Mark
from dk.reports.doctor import (
    EngineVersion,
    Finding,
    Helper,
    buildx_finding,
    compose_finding,
    config_finding,
    context_finding,
    disk_finding,
    doctor_report,
    failed,
    helper_findings,
    versions_finding,
)

GB = 10**9
GOOD, NOTE, BAD = Mark.GOOD, Mark.NOTE, Mark.BAD
INSTALL = "install it"


def engine(spoken: str, *, oldest: str = "1.24", newest: str = "1.41") -> EngineVersion:
    return EngineVersion("engine", "20.10", oldest, newest, spoken)


def disk(free: int, *, free_inodes: int = 0, inodes: int = 0) -> Disk:
    return Disk("/data", free, 100 * GB, free_inodes, inodes)


@pytest.mark.parametrize(
    ("found", "wanted", "mark", "text", "fix"),
    [
        (engine("1.41"), "", GOOD, "engine 20.10, API 1.41", ""),
        (engine("1.51", newest="1.60"), "", GOOD, "API 1.60; dk speaks 1.51", ""),
        (engine("1.51", oldest="1.55", newest="1.60"), "", BAD, "takes 1.55", "update dk"),
        (engine("1.30", oldest="1.40"), "1.30", BAD, "asks for 1.30", "unset DOCKER_API_VERSION"),
        (engine("1.99"), "1.99", BAD, "too new", "unset DOCKER_API_VERSION"),
        (engine("1.9"), "1.9", BAD, "takes 1.24 or newer", "unset DOCKER_API_VERSION"),
        (engine("1.41", oldest=""), "", GOOD, "API 1.41", ""),
    ],
)
def test_the_engine_must_take_the_version_that_dk_speaks(
    found: EngineVersion, wanted: str, mark: Mark, text: str, fix: str
) -> None:
    finding = versions_finding(found, wanted=wanted)
    assert (finding.mark, finding.fix) == (mark, fix)
    assert text in finding.text


@pytest.mark.parametrize(
    ("left", "mark", "text"),
    [
        (disk(50 * GB), GOOD, "50.0 GB free of 100.0 GB at /data"),
        (disk(4 * GB), NOTE, "4.0 GB free"),
        (disk(GB // 2), BAD, "500.0 MB free"),
        (disk(0), BAD, "0 B free"),
        (disk(50 * GB, free_inodes=90, inodes=100), GOOD, "50.0 GB free of 100.0 GB at /data"),
        (disk(50 * GB, free_inodes=3, inodes=100), NOTE, "3.0% of its inodes free"),
        (disk(50 * GB, free_inodes=0, inodes=100), BAD, "0.0% of its inodes free"),
    ],
)
def test_a_disk_is_full_in_bytes_or_in_inodes(left: Disk, mark: Mark, text: str) -> None:
    finding = disk_finding(left)
    assert finding.mark is mark
    assert text in finding.text
    assert bool(finding.fix) == (mark is not GOOD)


def test_what_is_missing_is_a_note_and_what_is_broken_a_problem() -> None:
    plugin, other = Program("/p/docker-compose", "v2"), Program("/bin/docker-compose", "1.29.2")
    broken = Program("/p/docker-buildx", trouble="can't be run: exec format error")
    findings = [
        buildx_finding(None, INSTALL),
        buildx_finding(broken, INSTALL),
        compose_finding(None, None, INSTALL),
        compose_finding(None, other, INSTALL),
        compose_finding(plugin, None, INSTALL),
    ]
    assert [finding.mark for finding in findings] == [NOTE, BAD, NOTE, NOTE, GOOD]
    assert all(INSTALL in finding.fix for finding in findings[:-1])
    assert findings[1].text == "/p/docker-buildx can't be run: exec format error"
    assert findings[4].text == "v2, /p/docker-compose"


def test_each_lost_helper_has_its_own_fix() -> None:
    helpers = (
        Helper("docker-credential-a", "credsStore", "/bin/docker-credential-a"),
        Helper("docker-credential-b", "credHelpers.gcr.io"),
        Helper("docker-credential-c", "credHelpers.x", "/b n/docker-credential-c", False),
    )
    lost, locked = helper_findings(helpers, "/c.json")
    assert lost.fix == "install it, or take credHelpers.gcr.io out of /c.json"
    assert locked.fix == "chmod +x '/b n/docker-credential-c'"
    assert {lost.mark, locked.mark} == {BAD}
    assert [f.mark for f in helper_findings(helpers[:1], "/c.json")] == [GOOD]
    assert [f.mark for f in helper_findings((), "/c.json")] == [GOOD]


@pytest.mark.parametrize(
    ("target", "hidden", "mark", "text", "fix"),
    [
        (Target("unix:///x"), "", GOOD, "unix:///x, the default socket", ""),
        (Target("ssh://h", "p", "context p (--context)"), "", GOOD, "from context p (--context)",
         ""),
        (Target("tcp://h:1", source="DOCKER_HOST"), "prod", NOTE, "hides the context prod",
         "for prod: unset DOCKER_HOST"),
        (Target("unix:///p", source="found: Podman", also_found=("Colima: unix:///c",)), "", NOTE,
         "also there: Colima: unix:///c", "for docker too: export DOCKER_HOST=unix:///p"),
    ],
)  # fmt: skip
def test_the_context_says_what_chose_it(
    target: Target, hidden: str, mark: Mark, text: str, fix: str
) -> None:
    finding = context_finding(target, overridden=hidden)
    assert (finding.mark, finding.fix) == (mark, fix)
    assert text in finding.text


def test_every_mistake_of_config_json_is_named() -> None:
    wrong = (Mistake("HttpHeaders.A", "is not a text"), Mistake("auths", "is not an object"))
    finding = config_finding("/c.json", wrong, exists=True)
    assert finding.text == "HttpHeaders.A is not a text; auths is not an object"
    assert finding.fix == "correct it in /c.json"


def test_of_an_unreachable_engine_the_cause_is_the_finding() -> None:
    gone = NoEngineError("no Docker engine at unix:///x (--host)", "nothing listens", "start it")
    assert failed("connection", gone).text == "nothing listens"
    assert failed("context", DkError("no context x", "asked for by --context")).text == (
        "no context x: asked for by --context"
    )


def test_only_problems_end_with_1_and_are_errors_and_quiet_lines() -> None:
    good = Finding("config.json", GOOD, "fine")
    note = Finding("buildx", NOTE, "not installed", "install it")
    bad = Finding("connection", BAD, "down", "start it")

    well, ill = doctor_report((good, note)), doctor_report((good, note, bad, bad))

    assert (well.exit_code, well.summary) == (0, "no problems, 1 note")
    assert (ill.exit_code, ill.summary) == (1, "2 problems, 1 note")
    assert [(e.what, e.fix) for e in ill.problems] == [("connection: down", "start it")] * 2
    assert [row.quiet for row in ill.rows] == ["", "", "connection", "connection"]
