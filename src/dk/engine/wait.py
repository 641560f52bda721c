"""Waiting for a container that was started: for its state, for a port."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import docker
import requests

from dk.engine.failures import timed_out
from dk.engine.port_probe import PortProbe
from dk.errors import DkError, ExitCode, UsageError

if TYPE_CHECKING:
    from dk.engine.context import Target
    from dk.engine.engine import Engine
    from dk.plan import Json
    from dk.spec.wait import WaitFor

INTERVAL = 0.1  # seconds between two looks
STEADY = 1.0  # seconds that a container must keep running
LOG_LINES = 10
LOG_SECONDS = 3.0
RESTARTS = 3  # of a container that is thought never to come up


def check_waitable(target: Target, inspected: Json, wait: WaitFor) -> None:
    """Raise UsageError where what is waited for can't come, before the container starts."""
    if wait.port is not None:
        PortProbe(target, wait.port).check(inspected)
    test = (inspected["Config"].get("Healthcheck") or {}).get("Test") or ["NONE"]
    if wait.state == "healthy" and test[0] == "NONE":
        raise UsageError(
            "--wait healthy: neither the image nor the command line has a health check",
            fix="add --health-cmd COMMAND, or --wait running",
        )


class Watch:
    """Looks at one started container until it is as `wait` wants it.

    After a failure one that `stays` can still be looked at; one that `removes_itself` is gone when
    it has ended.
    """

    def __init__(
        self,
        engine: Engine,
        container_id: str,
        name: str,
        wait: WaitFor,
        *,
        removes_itself: bool,
        stays: bool,
    ) -> None:
        self._engine = engine
        self._id = container_id
        self._name = name
        self._wait = wait
        self._removes_itself = removes_itself
        self._fix = f"{engine.target.docker} logs {name} for all of it" if stays else ""
        self._probe = None if wait.port is None else PortProbe(engine.target, wait.port)
        self._start = ""  # when the engine started it, as last seen; a restart changes it
        self._since = 0.0

    def until_there(self) -> None:
        """Return when state and port are as wanted.

        Raises DkError with the container's last log lines where it ends before, is unhealthy, or
        the time is over (exit code 124).
        """
        self._say()
        begun = time.monotonic()
        timeout = self._wait.timeout
        client = self._engine.client
        try:
            while True:
                passed = time.monotonic() - begun
                client.patience = None if timeout is None else max(timeout - passed, INTERVAL)
                inspected = self._inspected()
                self._check(inspected)
                if self._is_there(inspected["State"]) and (
                    self._probe is None or self._probe.answers(inspected)
                ):
                    return
                if timeout is not None and time.monotonic() - begun > timeout:
                    raise out_of_time(self._engine, self._id, self._name, self._wait, self._fix)
                time.sleep(INTERVAL)
        except requests.RequestException as error:
            if not timed_out(error):
                raise
            raise out_of_time(self._engine, self._id, self._name, self._wait, "") from error
        finally:
            client.patience = None

    def _say(self) -> None:
        """Tell somebody who looks on what takes so long."""
        if self._engine.streams.stderr.isatty():
            limit = f", {self._wait.timeout:g} s at most" if self._wait.timeout else ""
            self._engine.streams.err(f"waiting until {self._name} is {words(self._wait)}{limit}\n")

    def _inspected(self) -> Json:
        try:
            return self._engine.client.inspect_container(self._id)
        except docker.errors.NotFound:
            what = f"{self._name} ended before it was {words(self._wait)}"
            if self._removes_itself:
                why, fix = "--rm removed it, and its log with it", "leave out --rm to read the log"
            else:
                what, why, fix = f"{self._name} is gone", "somebody has removed it", ""
            raise DkError(what, why, fix) from None

    def _check(self, inspected: Json) -> None:
        state = inspected["State"]
        if state["Status"] in {"exited", "dead"}:
            why = f"its exit code is {state['ExitCode']}"
            raise self._failed(f"{self._name} ended before it was {words(self._wait)}", why)
        if inspected["RestartCount"] >= RESTARTS:
            why = f"its exit code is {state['ExitCode']}"
            raise self._failed(f"{self._name} keeps restarting", why)
        health = state.get("Health") or {}
        if self._wait.state == "healthy" and health.get("Status") == "unhealthy":
            checks = health.get("Log") or [{}]
            said = " ".join((checks[-1].get("Output") or "").split())
            raise self._failed(
                f"{self._name} is unhealthy", f"its check says: {said}" if said else ""
            )

    def _is_there(self, state: Json) -> bool:
        if state["Status"] != "running":
            return False
        if state["StartedAt"] != self._start:
            self._start = state["StartedAt"]
            self._since = time.monotonic()
        if self._wait.state == "running":
            return time.monotonic() - self._since >= STEADY
        healthy = (state.get("Health") or {}).get("Status") == "healthy"
        return self._wait.state != "healthy" or healthy

    def _failed(self, what: str, why: str) -> DkError:
        log = last_lines(self._engine, self._id)
        return DkError(what, why, self._fix if log else "", log=log)


def out_of_time(engine: Engine, container_id: str, name: str, wait: WaitFor, fix: str) -> DkError:
    """Return the error for what did not come in time."""
    log = last_lines(engine, container_id)
    return DkError(
        f"{name} was not {words(wait)} in {wait.timeout or 0:g} s",
        "its last lines:" if log else "it has written nothing",
        fix if log else "",
        exit_code=ExitCode.TIMEOUT,
        log=log,
    )


def words(wait: WaitFor) -> str:
    """Return what is waited for, to go behind "was not"."""
    port = wait.port
    named = "" if port is None else f"answering on port {port}" if port else "answering"
    state = "over" if wait.state == "exit" else wait.state
    return " and ".join(part for part in (state, named) if part)


def last_lines(engine: Engine, container_id: str) -> tuple[str, ...]:
    """Return the last lines that a container wrote, as far as its log driver can be read."""
    engine.client.patience = LOG_SECONDS  # an engine that hangs is no reason to hang
    try:
        data = engine.client.logs(container_id, tail=LOG_LINES)
    except (docker.errors.APIError, requests.RequestException):
        return ()
    finally:
        engine.client.patience = None
    return tuple(data.decode(errors="replace").splitlines()[-LOG_LINES:])
