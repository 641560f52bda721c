"""What one call of dk holds, and how its plan is carried out or its report shown."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from dk.errors import DkError, ExitCode, Interrupted, UsageError
from dk.options import SharedOptions
from dk.output.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dk.engine.engine import Engine
    from dk.executor import Applier, Journal
    from dk.output.formatter import Formatter
    from dk.plan import DockerCommand, Freed, Plan
    from dk.report import Report


@dataclass
class Session:
    """One call of dk: its streams, environment and options, and the engine once it is needed."""

    streams: Streams
    environ: Mapping[str, str]
    options: SharedOptions = field(default_factory=SharedOptions)
    command: str = ""
    docker_exit_codes: bool = False
    arguments_read: bool = False

    def begin(self, command: str, *, docker_exit_codes: bool) -> None:
        """Note which command runs, and whether its own failures are docker's 125."""
        self.command = command
        self.docker_exit_codes = docker_exit_codes

    @cached_property
    def output(self) -> Formatter:
        """The one formatter."""
        from dk.output.formatter import Formatter

        return Formatter(self.streams, self.options, self.environ, self.command)

    @cached_property
    def engine(self) -> Engine:
        """The one engine of this call, reached when first asked for."""
        from dk.engine.context import resolve
        from dk.engine.engine import Engine

        target = resolve(host=self.options.host, context=self.options.context, environ=self.environ)
        self.output.target = target
        if target.source.startswith("found"):
            others = f"; also there: {', '.join(target.also_found)}" if target.also_found else ""
            self.output.notice(f"using {target.address} ({target.source}{others})")
        streams = self.streams
        if self.options.json:
            # stdout is the document's alone; what a container prints goes to stderr.
            streams = Streams(streams.stdin, streams.stderr, streams.stderr)
        return Engine(target, self.environ, streams)

    def show(self, report: Report) -> int:
        """Show a report, or the docker commands that would ask for it."""
        if self.options.explain:
            return self.explain(report.docker)
        self.output.report(report)
        return report.exit_code

    def explain(self, commands: tuple[DockerCommand, ...]) -> int:
        """Print docker commands and run nothing."""
        self.output.explain(commands)
        return ExitCode.DONE

    def carry_out(
        self,
        plan: Plan,
        applier: Applier | None = None,
        measure: Callable[[], Freed] | None = None,
    ) -> int:
        """Show, ask, execute and report a plan, as far as the shared options let it.

        The engine carries it out, unless another `applier` is given. `measure` is called when it is
        over, and says what came free.
        """
        from dk.engine.deferral import DeferredInterrupts
        from dk.executor import execute

        for notice in (*plan.notices, *(() if self.options.quiet else plan.advice)):
            self.output.notice(notice)
        if self.options.explain:
            commands = tuple(c for operation in plan.operations for c in operation.docker())
            self.output.explain(commands, plan.refused, self._refused(plan))
            return self._refused(plan)
        if self.options.dry_run:
            self.output.plan(plan, self._refused(plan))
            return self._refused(plan)
        with self._journal(plan, applier) as journal:
            if plan.question and plan.operations and not self._said_yes(plan):
                if not self.output.can_ask:
                    self.output.unanswered(plan)
                    return ExitCode.USAGE
                if not self.output.ask(plan):
                    return ExitCode.FAILED
            elif plan.itemised:
                self.output.unasked(plan)
            result = execute(plan, applier or self.engine, self.output.progress(plan), journal)
        if measure is not None and plan.operations and result.measurable:
            try:
                result = replace(result, freed=measure())
            except DkError as error:  # what was done is known all the same
                self.output.notice(f"what came free can't be measured: {error.what}")
        code = self.own_exit_code(result.exit_code) if result.errors else result.exit_code
        # All is done: a signal that comes now must not cut what is said of it.
        with suppress(Interrupted), DeferredInterrupts():
            self.output.result(result, code)
        return code

    @contextmanager
    def _journal(self, plan: Plan, applier: Applier | None) -> Iterator[Journal | None]:
        """Open the journal where something is destroyed; DkError where it can't be written."""
        if not plan.destroys or applier is not None or self.options.no_journal:
            yield None
            return
        from dk.journal.writing import Journal

        engine = self.engine
        journal = Journal.open(
            self.environ, engine.lasting_id, address=engine.target.address, command=self.command
        )
        with closing(journal):
            yield journal

    def _refused(self, plan: Plan) -> int:
        return self.own_exit_code(ExitCode.FAILED) if plan.refused else ExitCode.DONE

    def _said_yes(self, plan: Plan) -> bool:
        """Whether `-y` answers the question; it doesn't where dk had to guess the engine."""
        target = self.output.target
        if self.options.yes and plan.destroys and target is not None and target.also_found:
            raise UsageError(
                "which engine? several were found, and -y would remove things",
                f"taken: {target.address}; also there: {', '.join(target.also_found)}",
                "choose one with -H ADDRESS or --context NAME",
            )
        return self.options.yes

    def own_exit_code(self, code: int) -> int:
        """Return `code` as this command ends with it: 125 for all of dk's own in `run`."""
        kept = (
            ExitCode.TIMEOUT,
            ExitCode.NOT_EXECUTABLE,
            ExitCode.NOT_FOUND,
            ExitCode.INTERRUPTED,
            ExitCode.TERMINATED,
        )
        if self.docker_exit_codes and code not in kept:
            return ExitCode.RUN_FAILED
        return code

    def close(self) -> None:
        """Give back what this call holds."""
        if "engine" in self.__dict__:
            self.engine.close()

    def fail(self, error: DkError) -> int:
        """Show an error that ended the command and return the exit code."""
        code = self.own_exit_code(error.exit_code)
        self.output.error(error, code)
        return code
