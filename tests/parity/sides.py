"""The sides of a comparison: docker's own CLI, and dk by its command line's own door."""

import io
import os
import pty
import shutil
import subprocess
import termios
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock

import typer

from dk.cli import main
from dk.commands.run import app
from dk.files import read_file
from dk.output.streams import Streams
from dk.spec.build import build_spec
from dk.spec.create_request import create_request
from dk.spec.run_options import RUN_OPTIONS
from dk.spec.surroundings import Surroundings

from .flags import ENVIRON
from .recording_socket import Creation, RecordingEngine
from .values import FILES

WORKERS = 3
END_OF_INPUT = b"\4"  # Ctrl-D


def docker_clis() -> list[str]:
    """Return the docker CLIs that are there: `DK_TEST_DOCKER`, else every one in PATH."""
    named = os.environ.get("DK_TEST_DOCKER")
    folders = os.environ.get("PATH", "").split(os.pathsep)
    found = named.split(os.pathsep) if named else [shutil.which("docker", path=f) for f in folders]
    return list({os.path.realpath(path): path for path in found if path}.values())


@cache
def major_version(docker: str) -> int:
    said = subprocess.run([docker, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[2].partition(".")[0])


@dataclass(frozen=True)
class Workplace:
    """Where both sides stand: a folder with the table's files, and a minimal environment."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> "Workplace":
        (folder / "data").mkdir()
        (folder / "home").mkdir()
        for name, text in FILES.items():
            (folder / name).write_bytes(text.encode())
        return cls(folder)

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), **ENVIRON}

    def remove_cidfiles(self) -> None:
        for path in self.folder.rglob("*.cid"):
            path.unlink()


@dataclass(frozen=True)
class Answer:
    """What became of a docker command line: its exit code, and what it would have made."""

    code: int
    stderr: str
    creation: Creation | None


@dataclass(frozen=True)
class Call:
    """A program to run beside the recording engine, with what its environment has besides."""

    argv: Sequence[str]
    environ: Mapping[str, str]

    @property
    def writes(self) -> bool:
        """Whether it may write an id into a file."""
        return any("--cidfile" in word for word in self.argv)


def ask(calls: Sequence[Call], workplace: Workplace) -> list[Answer]:
    """Run all calls, a few at a time, each beside a recording engine of its worker's own.

    Docker refuses a `--cidfile` that exists: the calls that name one run one after another, and
    what they wrote is removed.
    """
    writing = Lock()
    chunks = [calls[worker::WORKERS] for worker in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        answers = list(pool.map(lambda chunk: _ask(chunk, workplace, writing), chunks))
    return [answers[number % WORKERS][number // WORKERS] for number in range(len(calls))]


def _ask(calls: Sequence[Call], workplace: Workplace, writing: Lock) -> list[Answer]:
    answers = []
    ours, terminal = pty.openpty()  # `-it` wants a terminal on its stdin
    try:
        with RecordingEngine() as engine:
            for call in calls:
                engine.bodies.clear()
                # 20.10 waits for the end of its stdin where it attaches nothing else.
                termios.tcflush(terminal, termios.TCIFLUSH)
                os.write(ours, END_OF_INPUT)
                with writing if call.writes else nullcontext():
                    done = subprocess.run(
                        call.argv,
                        env={**workplace.environ, **call.environ, "DOCKER_HOST": engine.address},
                        cwd=workplace.folder,
                        stdin=terminal,
                        capture_output=True,
                        timeout=30,
                    )
                    if call.writes:
                        workplace.remove_cidfiles()
                creation = engine.bodies[-1] if engine.bodies else None
                answers.append(Answer(done.returncode, done.stderr.decode(), creation))
    finally:
        os.close(terminal)
        os.close(ours)
    return answers


def dk_request(words: Sequence[str], workplace: Workplace) -> Creation:
    """Return what `dk run WORDS` would send: its own parser, then the layers that are pure."""
    context = typer.main.get_command(app).make_context("run", list(words))
    spec = build_spec(
        context.params["image"],
        tuple(context.params["command"] or ()),
        {option.field: context.params[option.field] for option in RUN_OPTIONS},
        Surroundings(
            cwd=str(workplace.folder),
            environ=workplace.environ,
            read_file=lambda path: read_file(str(workplace.folder / path)),
        ),
    )
    said = {"name": spec.name or "", "platform": spec.platform or ""}
    return Creation({key: value for key, value in said.items() if value}, create_request(spec))


def dk_explain(
    words: Sequence[str], workplace: Workplace, *options: str, host: str = ""
) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of `dk --explain run WORDS`.

    Without a `host` there is no engine. The working folder of this process must be the
    workplace's.
    """
    out, err = io.StringIO(), io.StringIO()
    nowhere = f"unix://{workplace.folder}/no-engine.sock"
    argv = ["--explain", *options, "run", *words]
    environ = {**workplace.environ, "DOCKER_HOST": host or nowhere}
    code = main(argv, Streams(io.StringIO(), out, err), environ)
    return code, out.getvalue(), err.getvalue()
