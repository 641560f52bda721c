"""A container made and started, and followed to its end where it runs attached."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import docker
import requests

from dk.engine.deferral import DeferredInterrupts
from dk.engine.ending import exit_code, wait_for_end
from dk.engine.failures import EngineError, timed_out, translate
from dk.engine.replacement import Replacement
from dk.engine.sheet import started
from dk.engine.wait import Watch, check_waitable, out_of_time
from dk.errors import DkError, ExitCode, Interrupted
from dk.files import remove_file, write_new
from dk.plan import Done
from dk.spec.create_request import create_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dk.engine.engine import Engine
    from dk.engine.terminal import Terminal
    from dk.operations.container import RunContainer
    from dk.plan import Json
    from dk.spec.container import ContainerSpec
    from dk.spec.network_attachment import NetworkAttachment
    from dk.spec.wait import WaitFor


RUNTIME_PREFIX = "unable to start container process: "
"""What stands at the end of the names of all programs that hand on the runtime's error."""


FIXES = {
    "could not select device driver": "install the NVIDIA Container Toolkit on the engine's host",
    "nknown runtime specified": "docker info lists the engine's runtimes",
    "nknown or invalid runtime": "docker info lists the engine's runtimes",
}
"""What to do about errors of the engine that leave one alone with them."""


def run_container(engine: Engine, operation: RunContainer) -> Done:
    """Make the container of `operation` and start it.

    Detached it ends there, or with what it was asked to wait for; attached it ends with the
    container, whose exit code it returns. A container that does not start is removed again,
    whatever the reason, and one that is replaced comes back.
    """
    spec = operation.spec
    terminal = None
    if spec.attached:
        from dk.engine.terminal import Terminal

        terminal = Terminal(
            engine.streams,
            tty=bool(spec.tty),
            stdin=spec.attaches("stdin"),
            sends=bool(spec.interactive),
        )
    with Replacement(engine, operation.replaces) as replacement:
        container_id = _create(engine, operation, terminal)
        if terminal is None:
            return _detached(engine, operation, container_id, replacement)
        return _attached(engine, operation, container_id, replacement, terminal)


def _create(engine: Engine, operation: RunContainer, terminal: Terminal | None) -> str:
    spec = operation.spec
    size = terminal.size() if terminal and spec.tty else (0, 0)
    first = replace(spec, networks=spec.networks[:1]) if operation.connects_later else spec
    request = create_request(first, size, engine.api_version)
    with DeferredInterrupts() as interrupts:
        created = engine.client.create_container_from_config(
            request, name=spec.name, platform=spec.platform or None
        )
        container_id: str = created["Id"]
        interrupts.made(lambda: _discard(engine, spec, container_id))
    for warning in created.get("Warnings") or ():
        engine.streams.err(f"note: {warning}\n")
    with _discarded_on_failure(engine, spec, container_id):
        for attachment in spec.attachments[1:] if operation.connects_later else ():
            engine.client.connect_container_to_network(
                container_id, attachment.name, **_endpoint(attachment)
            )
        if spec.cidfile:
            write_new(spec.cidfile, container_id)
    return container_id


def _endpoint(attachment: NetworkAttachment) -> dict[str, Json]:
    return {
        "ipv4_address": attachment.ip or None,
        "ipv6_address": attachment.ip6 or None,
        "aliases": list(attachment.aliases) or None,
        "links": [link.split(":") for link in attachment.links] or None,
        "link_local_ips": list(attachment.link_local_ips) or None,
        "driver_opt": dict(attachment.driver_options) or None,
    }


def _attached(
    engine: Engine,
    operation: RunContainer,
    container_id: str,
    replacement: Replacement,
    terminal: Terminal,
) -> Done:
    from dk.engine.attached import Attached

    spec = operation.spec
    with ExitStack() as stack:
        with _discarded_on_failure(engine, spec, container_id):
            replacement.make_room()
            with _starting(spec):  # Podman prepares the process when it is attached to
                attached = stack.enter_context(Attached(engine, container_id, spec, terminal))
            _start(engine, container_id, spec)
        replacement.complete()
        code = attached.follow()
    return Done(details={"id": container_id, "exit_code": code}, exit_code=code)


def _detached(
    engine: Engine, operation: RunContainer, container_id: str, replacement: Replacement
) -> Done:
    spec, wait = operation.spec, operation.wait
    with ExitStack() as stack:
        end = None
        with _discarded_on_failure(engine, spec, container_id):
            name = spec.name or container_id[:12]
            if wait is not None:
                inspected = engine.client.inspect_container(container_id)
                name = inspected["Name"].removeprefix("/")
                check_waitable(engine.target, inspected, wait)
            replacement.make_room()
            if wait is not None and wait.state == "exit":
                removed = bool(spec.remove)
                end = wait_for_end(engine, container_id, removed=removed, timeout=wait.timeout)
                stack.callback(end.close)
            _start(engine, container_id, spec)
        if wait is None or end is not None:
            replacement.complete()
        if end is not None and wait is not None:
            return _ended(engine, container_id, name, end, wait)
        if wait is not None:
            removes_itself = bool(spec.remove)
            stays = operation.replaces is None
            watch = Watch(
                engine, container_id, name, wait, removes_itself=removes_itself, stays=stays
            )
            if stays:
                _left_running(watch, name)
            else:
                # What does not come up makes room again for the one that was there.
                with _discarded_on_failure(engine, spec, container_id):
                    watch.until_there()
                replacement.complete()
        return started(engine, container_id)


def _left_running(watch: Watch, name: str) -> None:
    """Wait, and say of an interrupt what it leaves."""
    try:
        watch.until_there()
    except Interrupted as interrupt:
        raise Interrupted(
            f"interrupted: {name} is left running",
            fix=f"dk rm -f {name}",
            exit_code=interrupt.exit_code,
        ) from interrupt


def _ended(
    engine: Engine, container_id: str, name: str, end: requests.Response, wait: WaitFor
) -> Done:
    try:
        code = exit_code(end)
    except requests.RequestException as error:
        if not timed_out(error):
            raise
        fix = f"{engine.target.docker} logs {name} for all of it"
        raise out_of_time(engine, container_id, name, wait, fix) from error
    details = {"id": container_id, "exit_code": code}
    return Done(printed=container_id, details=details, exit_code=code)


def _start(engine: Engine, container_id: str, spec: ContainerSpec) -> None:
    with _starting(spec):
        engine.client.start(container_id)


@contextmanager
def _starting(spec: ContainerSpec) -> Iterator[None]:
    """Say of a refusal that the container does not start, with docker's exit code for it."""
    try:
        yield
    except (docker.errors.APIError, EngineError) as error:
        failure = translate(error)
        name = spec.name or spec.image
        _, _, cause = failure.what.rpartition(RUNTIME_PREFIX)
        raise DkError(
            f"{name} does not start",
            cause.removesuffix(": unknown"),
            next((fix for text, fix in FIXES.items() if text in failure.what), failure.fix),
            exit_code=_exit_code(failure.what),
        ) from error


def _exit_code(message: str) -> ExitCode:
    """As docker/cli cli/command/container/run.go `toStatusError`."""
    not_found = (
        "executable file not found",
        "no such file or directory",
        "system cannot find the file specified",
    )
    lower = message.lower()
    if any(text in lower for text in not_found):
        return ExitCode.NOT_FOUND
    if "permission denied" in lower or "is a directory" in lower:
        return ExitCode.NOT_EXECUTABLE
    return ExitCode.RUN_FAILED


@contextmanager
def _discarded_on_failure(engine: Engine, spec: ContainerSpec, container_id: str) -> Iterator[None]:
    """Take a made container back where it does not come as far as it should."""
    well = False
    try:
        yield
        well = True
    finally:
        if not well:
            _discard(engine, spec, container_id)


def _discard(engine: Engine, spec: ContainerSpec, container_id: str) -> None:
    with suppress(docker.errors.APIError):  # `--rm` may have removed it already
        engine.client.remove_container(container_id, force=True, v=True)
    if spec.cidfile:
        remove_file(spec.cidfile, container_id)
