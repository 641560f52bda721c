"""`dk run`, `docker run` and what `--explain` prints ask the engine for the same container.

Without an engine: docker's CLI talks to a socket that only records.
"""

import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from dk.options import SHARED_OPTIONS
from dk.spec.run_options import DOCKER_ONLY, RUN_OPTIONS

from .comparison import comparable
from .flags import CASES, DOCKERS, Case
from .sides import Answer, Call, Workplace, ask, dk_explain, dk_request, docker_clis, major_version
from .values import VALUES

Answers = Mapping[Case, Answer]

FLAGS = [*(each.flags for each in RUN_OPTIONS), *(each.flags for each in SHARED_OPTIONS)]


@pytest.fixture(scope="module")
def recorded(docker_cli: str, workplace: Workplace) -> Answers:
    """What `docker run` asks for, of every line that this CLI knows."""
    version = major_version(docker_cli)
    cases = [case for case in CASES if case.since <= version]
    calls = [Call([docker_cli, "run", *case.words], {}) for case in cases]
    return dict(zip(cases, ask(calls, workplace), strict=True))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_dk_asks_for_what_docker_asks_for(
    case: Case, recorded: Answers, workplace: Workplace
) -> None:
    if case not in recorded:
        pytest.skip("this docker CLI is too old for it")
    creation = recorded[case].creation
    assert creation is not None, recorded[case].stderr
    assert comparable(dk_request(case.words, workplace)) == comparable(creation)


@pytest.fixture(scope="module")
def shell(docker_cli: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `docker` is this CLI, for lines that are pasted."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "docker").symlink_to(os.path.realpath(docker_cli))
    return folder


def pasted(lines: str, folder: Path, environ: Mapping[str, str] | None = None) -> Call:
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return Call(["sh", "-ec", lines], {**(environ or {}), "PATH": path})


@pytest.mark.timeout(300)  # thousands of programs, on a machine that may be busy
def test_the_explained_lines_ask_for_the_same(
    recorded: Answers, shell: Path, workplace: Workplace, docker_cli: str
) -> None:
    """Each line with the newest CLI; with an older one, every third: the lines are the same."""
    newest = max(map(major_version, docker_clis()))
    cases = list(recorded)[:: 1 if major_version(docker_cli) == newest else 3]
    lines = {case: dk_explain(case.words, workplace, "--with-secrets")[1] for case in cases}
    once = list(dict.fromkeys(lines.values()))
    answers = ask([pasted(line, shell) for line in once], workplace)
    by_line = dict(zip(once, answers, strict=True))
    for case, line in lines.items():
        there, here = recorded[case].creation, by_line[line].creation
        assert there is not None, recorded[case].stderr
        assert here is not None, f"{case}: {line}: {by_line[line].stderr}"
        assert comparable(here) == comparable(there), f"{case}: {line}"


def as_its_notes_say(lines: str, values: Mapping[str, str], folder: Path) -> Call | None:
    """Return the lines with what their notes want exported or put in front; None without such."""
    exported = " ".join(re.findall("^# .*; export first: (.+)$", lines, re.MULTILINE)).split()
    front = re.findall("^# .*begin the line with: env -- (.+)$", lines, re.MULTILINE)
    names = [word.removesuffix("=…") for words in front for word in shlex.split(words)]
    if names:
        env = shlex.join(["env", "--", *(f"{name}={values[name]}" for name in names)])
        lines = re.sub("^docker run ", lambda run: f"{env} {run[0]}", lines, flags=re.MULTILINE)
    given = {name: values[name] for name in exported}
    return pasted(lines, folder, given) if exported or names else None


def test_the_explained_line_without_values_takes_them_from_where_its_notes_say(
    recorded: Answers, shell: Path, workplace: Workplace
) -> None:
    calls: dict[Case, Call] = {}
    for case, answer in recorded.items():
        assert answer.creation is not None
        env = [text for text in answer.creation.body["Env"] or () if "=" in text]
        if not env:
            continue
        values = dict(text.split("=", 1) for text in env)
        call = as_its_notes_say(dk_explain(case.words, workplace)[1], values, shell)
        if call is not None:
            calls[case] = call
    assert len(calls) > 20
    for case, here in zip(calls, ask(list(calls.values()), workplace), strict=True):
        there = recorded[case].creation
        assert there is not None
        assert here.creation is not None, here.stderr
        assert comparable(here.creation) == comparable(there), str(case)


def test_every_option_that_dk_has_is_in_the_table() -> None:
    takes_value = {option.field for option in DOCKERS if option.kind != "switch"}
    assert set(VALUES) == takes_value


def test_every_option_of_docker_is_had_or_refused_by_name(docker_cli: str) -> None:
    done = subprocess.run([docker_cli, "run", "--help"], capture_output=True, text=True, check=True)
    dockers = set(re.findall(r"^ +(?:-\w, )?(--[\w-]+)", done.stdout, re.MULTILINE))
    dockers |= set(re.findall(r"^ +(-\w), --", done.stdout, re.MULTILINE))
    own = {flag for flags in FLAGS for flag in flags}
    assert len(dockers) > 90
    assert dockers - own - DOCKER_ONLY == {"--help"}


def test_dk_has_no_option_of_its_own_that_docker_has_for_something_else(docker_cli: str) -> None:
    done = subprocess.run([docker_cli, "run", "--help"], capture_output=True, text=True, check=True)
    shared = {flag for option in SHARED_OPTIONS for flag in option.flags}
    same_meaning = {"--quiet", "-q"}  # docker's: without the progress of a pull
    taken = {flag for flag in shared - same_meaning if re.search(rf"(^|\s){flag}\b", done.stdout)}
    assert not taken
