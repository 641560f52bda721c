"""The one formatter: whatever a command has to say is rendered here.

Results go to stdout; plans that were only shown go there too, since they are what was asked for.
Notices, questions, progress and errors go to stderr. With `--json`, stdout is one document.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TextIO

from dk.errors import ExitCode
from dk.options import engine_flags
from dk.output import human
from dk.output.envelope import carried_out, envelope, planned
from dk.output.explain import addressed, shell_lines
from dk.output.progress import BarProgress, CountProgress, LineProgress, SilentProgress
from dk.output.style import Look, has_colour, is_unicode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dk.engine.context import Target as EngineTarget
    from dk.errors import DkError
    from dk.executor import Progress
    from dk.options import SharedOptions
    from dk.output.streams import Streams
    from dk.plan import DockerCommand, Freed, Json, Plan, Result
    from dk.report import Report


class Formatter:
    """Renders reports, plans, results, docker commands and errors of one call of dk."""

    def __init__(
        self, streams: Streams, options: SharedOptions, environ: Mapping[str, str], command: str
    ) -> None:
        self._streams = streams
        self._options = options
        self._environ = environ
        self._command = command
        self._notices: list[str] = []
        self._has_document = False
        self.target: EngineTarget | None = None

    def report(self, report: Report) -> None:
        """Show the rows of a report."""
        if self._options.json:
            self._document(
                "failed" if report.problems else "done",
                report.exit_code,
                rows=[r.data for r in report.rows],
                docker=self._addressed(report.docker),
                errors=report.problems,
            )
        elif self._options.quiet:
            self._out(human.quiet(report))
        else:
            stdout = self._streams.stdout
            width = self._streams.width(stdout)
            look = Look(colour=self._colour_out(), unicode=is_unicode(stdout))
            self._out(human.report(report, width, look))

    def plan(self, plan: Plan, exit_code: int) -> None:
        """Show a plan that is not carried out."""
        if self._options.json:
            self._plan_document("planned", exit_code, plan)
            return
        self._out(self._plan(plan, self._streams.stdout))
        self._refusals(plan.refused)

    def _plan(self, plan: Plan, stream: TextIO) -> Iterable[str]:
        width = self._streams.width(stream)
        return human.plan(plan, self.target, width, colour=self._colour(stream))

    def explain(
        self,
        commands: Iterable[DockerCommand],
        refused: Iterable[DkError] = (),
        exit_code: int = ExitCode.DONE,
    ) -> None:
        """Print docker commands to paste."""
        commands = self._addressed(commands)
        if self._options.json:
            self._document("explained", exit_code, docker=commands, errors=refused)
            return
        self._out(shell_lines(commands, with_secrets=self._options.with_secrets))
        self._refusals(refused)

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer a question."""
        return not self._options.json and self._streams.can_ask(self._environ)

    def unanswered(self, plan: Plan) -> None:
        """Show a plan whose question nobody is there to answer, and say what to do."""
        if self._options.json:
            self._plan_document("unanswered", ExitCode.USAGE, plan)
        else:
            self._out(self._plan(plan, self._streams.stdout))
        self._streams.err("dk: nothing done: nobody is there to answer\n    add -y to do it\n")

    def ask(self, plan: Plan) -> bool:
        """Show the plan on stderr and ask its question."""
        self._err(self._plan(plan, self._streams.stderr))
        self._streams.err(f"{plan.question} [y/N] ")
        agreed = self._streams.stdin.readline().strip().lower() in {"y", "yes"}
        if not agreed:
            self._streams.err("nothing done\n")
        return agreed

    def unasked(self, plan: Plan) -> None:
        """Show a plan that needs no answer to those who can see it before it is done."""
        if self._options.json or self._options.quiet:
            return
        if not plan.operations:
            self._out(self._plan(plan, self._streams.stdout))
        elif self._streams.stdout.isatty():
            self._err(self._plan(plan, self._streams.stderr))

    def progress(self, plan: Plan) -> Progress:
        """Return what hears how the plan goes on."""
        if self._options.quiet or self._options.json:
            return SilentProgress()
        if plan.itemised:
            if not self._streams.stderr.isatty():
                return SilentProgress()
            return CountProgress(self._streams, len(plan.operations), colour=self._colour_err())
        if self._streams.stderr.isatty():
            return BarProgress(self._streams, colour=self._colour_err())
        return LineProgress(self._streams)

    def result(self, result: Result, exit_code: int) -> None:
        """Show what became of a plan, and with which code dk ends."""
        if self._options.json:
            self._document(
                "failed" if result.errors else "done",
                exit_code,
                operations=[
                    carried_out(outcome, self._engine_flags()) for outcome in result.outcomes
                ],
                errors=result.errors,
                plan=result.plan,
                freed=result.freed,
            )
            return
        brief = self._options.quiet or not self._streams.stdout.isatty()
        if result.plan.itemised and not self._options.quiet:
            self._items(result)
        else:
            self._out(human.result(result, brief=brief, colour=self._colour_out()))
        self._err(human.left_over(result))
        self._refusals(result.errors)

    def _items(self, result: Result) -> None:
        """Say what became of a plan whose targets dk chose: on a terminal they stand above."""
        from dk.output import inventory

        if not result.outcomes:
            return
        if not self._streams.stdout.isatty():
            self._out(inventory.done(result))
            self._err([inventory.summary(result)])
        else:
            self._out([inventory.summary(result)])

    def _err(self, lines: Iterable[str]) -> None:
        self._streams.err("".join(f"{line}\n" for line in lines))

    def notice(self, text: str) -> None:
        """Say something that is worth knowing and no error."""
        if self._options.json:
            self._notices.append(text)
        else:
            self._streams.err(human.notice(text))

    def error(self, error: DkError, exit_code: int) -> None:
        """Show the error that ended the command."""
        if self._options.json and not self._has_document:
            self._document("failed", exit_code, errors=[error])
        else:
            self._refusals([error])

    def _refusals(self, errors: Iterable[DkError]) -> None:
        for error in errors:
            self._streams.err(human.error(error, colour=self._colour_err()))

    def _plan_document(self, status: str, code: int, plan: Plan) -> None:
        flags = self._engine_flags()
        operations = [planned(operation, flags) for operation in plan.operations]
        self._document(status, code, operations=operations, errors=plan.refused, plan=plan)

    def _document(
        self,
        status: str,
        exit_code: int,
        *,
        rows: Iterable[Json] = (),
        operations: Iterable[Json] = (),
        docker: Iterable[DockerCommand] = (),
        errors: Iterable[DkError] = (),
        plan: Plan | None = None,
        freed: Freed | None = None,
    ) -> None:
        document = envelope(
            command=self._command,
            status=status,
            exit_code=exit_code,
            engine=self.target,
            rows=list(rows),
            operations=list(operations),
            docker=docker,
            with_secrets=self._options.with_secrets,
            notices=self._notices,
            errors=errors,
            kept=plan.kept if plan else (),
            prediction=plan.prediction if plan else None,
            freed=freed,
        )
        self._has_document = True
        text = json.dumps(document, indent=2, ensure_ascii=not is_unicode(self._streams.stdout))
        self._streams.out(f"{text}\n")

    def _addressed(self, commands: Iterable[DockerCommand]) -> list[DockerCommand]:
        return addressed(commands, self._engine_flags())

    def _engine_flags(self) -> tuple[str, ...]:
        """Return what docker needs to be told to take the same engine."""
        if self.target is not None:
            return self.target.flags
        return engine_flags(self._options.host, self._options.context)

    def _out(self, lines: Iterable[str]) -> None:
        text = "".join(f"{line}\n" for line in lines)
        if text:
            self._streams.out(text)

    def _colour_out(self) -> bool:
        return self._colour(self._streams.stdout)

    def _colour_err(self) -> bool:
        return self._colour(self._streams.stderr)

    def _colour(self, stream: TextIO) -> bool:
        return has_colour(stream, self._environ, no_color=self._options.no_color)
