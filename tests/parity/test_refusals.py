"""What docker's CLI refuses before it asks the engine, dk refuses too, and hardly anything more."""

import re

import pytest

from dk.spec.run_options import DOCKER_ONLY

from .flags import Case
from .refusals import BOTH, FILES, LAXER_BEFORE_23, LEFT_TO_THE_ENGINE, STRICTER
from .sides import Answer, Call, Workplace, ask, dk_explain, major_version


@pytest.fixture(scope="module", autouse=True)
def _files(workplace: Workplace) -> None:
    for name, data in FILES.items():
        (workplace.folder / name).write_bytes(data)


@pytest.fixture(scope="module")
def answers(docker_cli: str, workplace: Workplace, _files: None) -> dict[Case, Answer]:
    """What docker's CLI makes of every line of the tables."""
    cases = [*BOTH, *STRICTER, *LEFT_TO_THE_ENGINE]
    calls = [Call([docker_cli, "run", *case.words], {}) for case in cases]
    return dict(zip(cases, ask(calls, workplace), strict=True))


@pytest.mark.parametrize("case", BOTH, ids=str)
def test_what_docker_refuses_dk_refuses(
    case: Case, docker_cli: str, answers: dict[Case, Answer], workplace: Workplace
) -> None:
    if major_version(docker_cli) >= 23 or case not in LAXER_BEFORE_23:
        assert answers[case].creation is None
        assert answers[case].code in {1, 125}  # 1 where words are missing
    assert_refused(case, workplace)


@pytest.mark.parametrize("case", STRICTER, ids=str)
def test_what_dk_refuses_beyond_docker_is_this_and_no_more(
    case: Case, docker_cli: str, answers: dict[Case, Answer], workplace: Workplace
) -> None:
    if major_version(docker_cli) >= case.since:
        assert answers[case].creation is not None
    assert_refused(case, workplace)


@pytest.mark.parametrize("case", LEFT_TO_THE_ENGINE, ids=str)
def test_what_docker_leaves_to_the_engine_dk_leaves_to_it_too(
    case: Case, docker_cli: str, answers: dict[Case, Answer], workplace: Workplace
) -> None:
    if major_version(docker_cli) >= 23:
        assert answers[case].creation is not None
    code, _, err = dk_explain(case.words, workplace)
    assert code == 0, err


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
