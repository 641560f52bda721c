"""What the docs show is what a user sees: their console blocks, typed into a terminal."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "examples" / "web"
COLUMNS = 100

CHANGES = {
    r"\b[0-9a-f]{12}\b": "ID",
    r"(?i)(up|exited \(\d+\)) (less than a second|\d+ \w+)( ago)?": r"\1 TIME",
    r"unix:///\S+/docker.sock": "SOCKET",
    r"\b\d+\.\d+\.\d+(\+\w+)?": "VERSION",
    r"\b(a moment|\d+ (second|minute)s?)\b": "TIME",
    r"\b\d{8}-\d{6}-[0-9a-f]{4}\b": "RUN",
    r"(?<=gave back )\d+(\.\d+)? \w+": "SIZE",
    r"  +": "  ",
}
"""What differs from run to run: ids, times, the engine's address and version, column widths."""

PROGRESS = r"[^\n]*\n[^\n]*\x1b\[1A|[^\n]*\x1b\[2K|\x1b\[[0-9;?]*[A-Za-z]"
"""What a terminal overwrites: a line that the cursor comes back to, or that is cleared."""

TO_CLEAN_UP = """
python objects.py image
docker run --name import-orders dk-demo sh -c 'head -c 2500000 /dev/zero >/orders; exit 3'
docker create --name migrate dk-demo
docker run -d --name web dk-demo
docker create --name shop-db-1 --label com.docker.compose.project=shop \\
  --label com.docker.compose.service=db dk-demo
docker network create --label com.docker.compose.project=blog blog_default
docker network create front
docker commit import-orders shop:1
docker commit migrate shop:1
sleep 2
"""
"""What the page about cleaning up finds, in an engine of its own."""


def lines(text: str) -> list[str]:
    for pattern, stand_in in CHANGES.items():
        text = re.sub(pattern, stand_in, text)
    return [line.rstrip() for line in text.splitlines()]


def typed(page: str) -> list[tuple[str, str]]:
    """Every command of the page's console blocks with the output that it shows."""
    blocks = re.findall(
        r"^```console\n(.*?)^```", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE
    )
    commands = re.split(r"^\$ ", "".join(blocks), flags=re.MULTILINE)[1:]
    return [(command, output) for command, _, output in (c.partition("\n") for c in commands)]


@pytest.fixture
def path_with_dk(tmp_path: Path, environ: dict[str, str]) -> dict[str, str]:
    for name, line in {
        "dk": f'{sys.executable} -m dk "$@"',
        "python": f'{sys.executable} "$@"',
    }.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\nexec {line}\n")
        program.chmod(0o755)
    return {**environ, "PATH": f"{tmp_path}:{environ['PATH']}", "NO_COLOR": "1", "TERM": "xterm"}


@pytest.fixture
def demo_image(path_with_dk: dict[str, str]) -> Iterator[None]:
    for verb in ("image", "remove"):
        subprocess.run(["python", "objects.py", verb], cwd=DEMO, env=path_with_dk, check=True)
        if verb == "image":
            yield


def type_all(page: str, environ: dict[str, str], skip: set[str]) -> int:
    shown = [(command, output) for command, output in typed(page) if command not in skip]
    for command, output in shown:
        answer = pexpect.run(
            "sh", args=["-c", command], env=environ, cwd=str(DEMO), timeout=60,
            encoding="utf-8", dimensions=(40, COLUMNS),
        )  # fmt: skip
        text = str(answer).replace("\r\n", "\n")
        assert lines(text) == lines(output), f"{page}: $ {command}"
    return len(shown)


@pytest.mark.one_engine
@pytest.mark.engine
def test_the_page_about_cleaning_up_shows_what_a_user_sees(path_with_dk: dict[str, str]) -> None:
    page = "docs/how-to/clean.md"
    shown = typed(page)
    script = f"{{ {TO_CLEAN_UP} }} >/dev/null 2>&1\n" + "".join(
        f"printf '\\036'\n{command}\n" for command, _ in shown
    )
    answer = pexpect.run(
        "dk", args=["engine", "run", "--", "sh", "-c", script], env=path_with_dk, cwd=str(DEMO),
        timeout=100, encoding="utf-8", dimensions=(40, COLUMNS), events={r"\[y/N\] ": "y\n"},
    )  # fmt: skip
    texts = str(answer).replace("\r\n", "\n").replace("\r", "").split("\x1e")[1:]
    assert len(texts) == len(shown) == 2, answer
    for (command, output), text in zip(shown, texts, strict=True):
        assert lines(re.sub(PROGRESS, "", text)) == lines(output), f"{page}: $ {command}"


def test_the_readme_shows_what_the_page_about_cleaning_up_shows() -> None:
    page = (ROOT / "docs/how-to/clean.md").read_text()
    block = re.search(r"^```console\n(\$ dk clean .*?)^```", page, re.DOTALL | re.MULTILINE)
    assert block is not None
    assert f"```text\n{block[1]}```" in (ROOT / "README.md").read_text()


@pytest.mark.one_engine
@pytest.mark.engine
@pytest.mark.usefixtures("demo_image")
def test_the_readme_shows_what_a_user_sees(path_with_dk: dict[str, str]) -> None:
    assert type_all("README.md", path_with_dk, set()) == 15


@pytest.mark.one_engine
@pytest.mark.engine
@pytest.mark.parametrize(
    ("page", "count", "skip"),
    [
        ("docs/how-to/private-engine.md", 1, set()),
        ("docs/how-to/scripts.md", 1, set()),
        ("docs/how-to/doctor.md", 2, set()),
        # Needs a container that ended two minutes ago.
        ("docs/how-to/reach-an-engine.md", 1, {"dk rm --dry-run web"}),
    ],
)
def test_a_how_to_shows_what_a_user_sees(
    page: str, count: int, skip: set[str], path_with_dk: dict[str, str]
) -> None:
    assert type_all(page, path_with_dk, skip) == count


@pytest.mark.one_engine
@pytest.mark.engine
@pytest.mark.usefixtures("demo_image")
@pytest.mark.parametrize(
    ("page", "count"),
    [
        ("docs/how-to/ports.md", 4),
        ("docs/how-to/replace-and-wait.md", 6),
        ("docs/reference/exit-codes.md", 7),
    ],
)
def test_a_page_about_runs_shows_what_a_user_sees(
    page: str, count: int, path_with_dk: dict[str, str]
) -> None:
    assert type_all(page, path_with_dk, set()) == count


@pytest.mark.one_engine
@pytest.mark.engine
@pytest.mark.usefixtures("demo_image")
def test_env_files_are_read_as_their_page_shows(path_with_dk: dict[str, str]) -> None:
    assert type_all("docs/how-to/env-files.md", path_with_dk, set()) == 8


def test_the_reference_is_current() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import reference
    finally:
        sys.path.pop(0)
    page = (ROOT / "docs" / "reference" / reference.PAGE).read_text()
    assert page == reference.page(), "run `make docs`"


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))], ids=str)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / link).exists(), f"{page}: {link}"
