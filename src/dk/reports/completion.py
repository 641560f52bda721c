"""The row of `dk completion`."""

from __future__ import annotations

from dk.plan import DockerCommand
from dk.report import Column, Report, Row


def completion_report(shell: str, script: str) -> Report:
    """Return one row with a shell's script; the docker command prints docker's own for it."""
    return Report(
        columns=(Column("SCRIPT"),),
        rows=(Row((script,), script, {"shell": shell, "script": script}),),
        docker=(DockerCommand(("docker", "completion", shell)),),
    )
