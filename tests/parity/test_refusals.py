"""What docker's CLI refuses before it asks the engine, dk refuses too, and hardly anything more."""

import re

import pytest

from dk.spec.run_options import DOCKER_ONLY

from .flags import Case
from .sides import Answer, Call, Workplace, ask, dk_explain, major_version

BOTH = tuple(
    Case(words)
    for words in (
        (),
        ("-d",),
        ("--",),
        ("--nonsense", "busybox"),
        ("--nam", "x", "busybox"),
        ("-X", "busybox"),
        ("-dX", "busybox"),
        ("-name", "x", "busybox"),
        ("---name", "x", "busybox"),
        # a value that is missing, or not one
        ("--name",),
        ("-e",),
        ("-d=maybe", "busybox"),
        ("--rm=", "busybox"),
        ("--init=yes", "busybox"),
        ("-i=on", "busybox"),
        # env
        ("-e", "", "busybox"),
        ("-e", "=x", "busybox"),
        ("-e==x", "busybox"),
        ("-e=", "busybox"),
        ("--env-file", "absent.env", "busybox"),
        ("--env-file", "data", "busybox"),
        ("--env-file", "", "busybox"),
        ("--env-file", "exports.env", "busybox"),
        ("--env-file", "no-name.env", "busybox"),
        ("--env-file", "blank-in-name.env", "busybox"),
        ("--env-file", "latin-1.env", "busybox"),
        ("--env-file", "long.env", "busybox"),
        # ports
        ("-p", "", "busybox"),
        ("-p", ":", "busybox"),
        ("-p", "x", "busybox"),
        ("-p", "80:", "busybox"),
        ("-p", "80:x", "busybox"),
        ("-p", "65536", "busybox"),
        ("-p", "99999:80", "busybox"),
        ("-p", "-1:80", "busybox"),
        ("-p", "80/icmp", "busybox"),
        ("-p", "82-80", "busybox"),
        ("-p", "8000-8001:80-82", "busybox"),
        ("-p", "8000:80-82", "busybox"),
        ("-p", "localhost:8080:80", "busybox"),
        ("-p", "256.0.0.1:8080:80", "busybox"),
        ("-p", "1:2:3:4", "busybox"),
        ("-p", "[::1:8080:80", "busybox"),
        ("-p", "[::1%lo]:8080:80", "busybox"),
        ("-p", "published=x,target=80", "busybox"),
        ("-p", "published=8080", "busybox"),
        ("-p", "target=80,", "busybox"),
        # volumes
        ("-v", "", "busybox"),
        ("-v", ":/data", "busybox"),
        ("-v", "data:", "busybox"),
        ("-v", "data:/data:", "busybox"),
        ("-v", "data::ro", "busybox"),
        ("-v", "data:/data:ro:rw", "busybox"),
        # networks
        ("--network", "", "busybox"),
        ("--network-alias", "db", "busybox"),
        ("--network", "host", "--network-alias", "db", "busybox"),
        ("--network", "bridge", "--network-alias", "db", "busybox"),
        # the rest
        ("--memory", "", "busybox"),
        ("--memory", "much", "busybox"),
        ("--memory", "64x", "busybox"),
        ("--memory", "-1", "busybox"),
        ("--memory", " 64m", "busybox"),
        ("--memory", "64mm", "busybox"),
        ("-l", "", "busybox"),
        ("-l", "=x", "busybox"),
        ("-l", "two words=x", "busybox"),
        ("-l", "tab\tbed", "busybox"),
        ("--restart", "on-failure:x", "busybox"),
        ("--restart", "always:x", "busybox"),
        ("--restart", "on-failure:1:2", "busybox"),
        ("--rm", "--restart", "always", "busybox"),
        ("--rm=true", "--restart=on-failure:3", "busybox"),
        ("--pull", "sometimes", "busybox"),
        # images
        ("",),
        ("Busybox",),
        ("busybox:",),
        ("busybox:-x",),
        ("busybox@sha256:ab",),
        ("https://example.org/app",),
        ("bad name",),
        ("-d", "--", "-x"),
    )
)

LEFT_TO_THE_ENGINE_BEFORE_23 = {
    Case(words)
    for words in (
        ("-v", "", "busybox"),
        ("-v", ":/data", "busybox"),
        ("-v", "data:", "busybox"),
        ("-v", "data:/data:", "busybox"),
        ("-v", "data::ro", "busybox"),
        ("-v", "data:/data:ro:rw", "busybox"),
        ("--network-alias", "db", "busybox"),
        ("--pull", "sometimes", "busybox"),
    )
}

_STRICTER = {
    # what the engine refuses, after docker has perhaps pulled an image
    ("--name", "x", "busybox"): "the engine: a name of one letter",
    ("--name", "a b", "busybox"): "the engine: a name with a blank",
    ("--name", "-x", "busybox"): "the engine: a name that begins with -",
    ("-w", "app", "busybox"): "the engine: a working directory that is not absolute",
    ("--restart", "sometimes", "busybox"): "the engine: no such policy",
    ("--restart", "always:3", "busybox"): "the engine: a count without on-failure",
    ("--restart", "on-failure:-1", "busybox"): "the engine: a negative count",
    ("-v", "data:relative", "busybox"): "the engine: a target that is not absolute",
    ("-v", "relative", "busybox"): "some engines make /relative of it, some refuse it",
    ("-v", "data:/", "busybox"): "the engine: / as a target",
    ("-v", ":", "busybox"): "some engines make nothing of it, some refuse it",
    ("-v", "a b:/data", "busybox"): "the engine: a volume's name with a blank",
    ("-v", "sub/folder:/data", "busybox"): "the engine: a volume's name with a slash",
    ("-v", "~/data:/data", "busybox"): "the engine: ~ is the shell's, and stays unread here",
    ("-v", "data:/data:maybe", "busybox"): "the engine: no such mode",
    ("-v", "data:/data:ro,rw", "busybox"): "the engine: modes that exclude each other",
    ("-v", "data:/data:rshared", "busybox"): "the engine: propagation of a volume",
    ("-v", "/srv:/srv:nocopy", "busybox"): "the engine: nocopy of a bind mount",
    ("-v", "a:/data", "busybox"): "docker reads a Windows drive, and the engine makes no mount",
    ("-p", "8080:80", "-p", "8080:80", "busybox"): "the engine, at the start: the port is taken",
    # what dk does not have yet
    ("--network", "one", "--network", "two", "busybox"): "several networks",
    ("--network", "name=web,alias=db", "busybox"): "the long form of --network",
    # what dk has -e for: a file by Compose's rules
    ("-e", "./absent.env", "busybox"): "a file that is missing",
    ("-e", "/etc", "busybox"): "a folder",
}
STRICTER = {Case(words): why for words, why in _STRICTER.items()}
"""What docker's CLI lets through and dk refuses, and why."""

FILES = {
    "exports.env": b"export A=1\n",
    "no-name.env": b"A=1\n=2\n",
    "blank-in-name.env": b"A B=1\n",
    "latin-1.env": b"A=\xe4\n",
    "long.env": b"A=" + b"x" * 70_000 + b"\n",
}


@pytest.fixture(scope="module", autouse=True)
def _files(workplace: Workplace) -> None:
    for name, data in FILES.items():
        (workplace.folder / name).write_bytes(data)


@pytest.fixture(scope="module")
def answers(docker_cli: str, workplace: Workplace, _files: None) -> dict[Case, Answer]:
    """What docker's CLI makes of every line of both tables."""
    cases = [*BOTH, *STRICTER]
    calls = [Call([docker_cli, "run", *case.words], {}) for case in cases]
    return dict(zip(cases, ask(calls, workplace), strict=True))


@pytest.mark.parametrize("case", BOTH, ids=str)
def test_what_docker_refuses_dk_refuses(
    case: Case, docker_cli: str, answers: dict[Case, Answer], workplace: Workplace
) -> None:
    if major_version(docker_cli) >= 23 or case not in LEFT_TO_THE_ENGINE_BEFORE_23:
        assert answers[case].creation is None
        assert answers[case].code in {1, 125}  # 1 where words are missing
    assert_refused(case, workplace)


@pytest.mark.parametrize("case", STRICTER, ids=str)
def test_what_dk_refuses_beyond_docker_is_this_and_no_more(
    case: Case, answers: dict[Case, Answer], workplace: Workplace
) -> None:
    assert answers[case].creation is not None
    assert_refused(case, workplace)


@pytest.mark.parametrize("flag", sorted(DOCKER_ONLY))
def test_an_option_that_dk_does_not_have_yet_is_refused_by_name(
    flag: str, workplace: Workplace
) -> None:
    for words in ((flag, "x", "busybox"), (f"{flag}=x", "busybox"), ("-d", flag, "busybox")):
        code, out, err = dk_explain(words, workplace)
        assert (code, out) == (125, "")
        assert f"does not have docker's {flag} yet" in err


def assert_refused(case: Case, workplace: Workplace) -> None:
    code, out, err = dk_explain(case.words, workplace)
    assert (code, out) == (125, "")
    assert re.search("^dk: ", err, re.MULTILINE)
