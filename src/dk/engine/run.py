"""A container made and started, and followed to its end where it runs attached."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import docker

from dk.engine import read
from dk.engine.deferral import DeferredInterrupts
from dk.engine.failures import EngineError, translate
from dk.errors import DkError, ExitCode
from dk.plan import Done
from dk.plans.ports import ANY_ADDRESS
from dk.spec.create_request import create_request

if TYPE_CHECKING:
    import requests

    from dk.engine.engine import Engine
    from dk.model import PublishedPort
    from dk.spec.container import ContainerSpec

WEB_PORTS = {
    **dict.fromkeys((80, 3000, 5000, 8000, 8080, 8888), "http://"),
    **dict.fromkeys((443, 8443), "https://"),
}
"""Ports of containers behind which there is a web server as a rule: their address is a link."""


def run_container(engine: Engine, spec: ContainerSpec) -> Done:
    """Make the container of `spec` and start it.

    Detached it ends there; attached it ends with the container, whose exit code it returns. A
    container that does not start is removed again, whatever the reason.
    """
    terminal = None
    if spec.attached:
        from dk.engine.terminal import Terminal

        terminal = Terminal(engine.streams, tty=bool(spec.tty), stdin=bool(spec.interactive))
    size = terminal.size() if terminal and spec.tty else (0, 0)
    started = False
    with DeferredInterrupts() as interrupts:
        request = create_request(spec, size)
        created = engine.client.create_container_from_config(request, name=spec.name)
        container_id: str = created["Id"]
        interrupts.made(lambda: _remove(engine, container_id))
    try:
        for warning in created.get("Warnings") or ():
            engine.streams.err(f"note: {warning}\n")
        if terminal is not None:
            from dk.engine.attached import Attached

            with Attached(engine, container_id, spec, terminal) as attached:
                _start(engine, container_id, spec)
                started = True
                code = attached.follow()
            return Done(details={"id": container_id, "exit_code": code}, exit_code=code)
        _start(engine, container_id, spec)
        started = True
    finally:
        if not started:
            _remove(engine, container_id)
    return _detached(engine, container_id)


def _start(engine: Engine, container_id: str, spec: ContainerSpec) -> None:
    try:
        engine.client.start(container_id)
    except docker.errors.APIError as error:
        failure = translate(error)
        name = spec.name or spec.image
        raise DkError(
            f"{name} does not start", failure.what, failure.fix, exit_code=_exit_code(failure.what)
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


def _remove(engine: Engine, container_id: str) -> None:
    with suppress(docker.errors.APIError):  # `--rm` may have removed it already
        engine.client.remove_container(container_id, force=True, v=True)


def _detached(engine: Engine, container_id: str) -> Done:
    try:
        inspected = engine.client.inspect_container(container_id)
    except docker.errors.NotFound:  # over and, by `--rm`, gone
        return Done(printed=container_id, details={"id": container_id})
    name = inspected["Name"].removeprefix("/")
    ports = read.published(inspected)
    addresses = [_address(engine, port) for port in ports]
    sheet = [("container", f"{name} ({container_id[:12]})")]
    sheet += [("open", address) for address in dict.fromkeys(addresses)]
    sheet += [("logs", f"docker logs -f {name}"), ("stop", f"docker stop {name}")]
    details = {
        "id": container_id,
        "name": name,
        "ports": [
            {
                "container_port": port.container_port,
                "protocol": port.protocol,
                "host_ip": port.host_ip,
                "host_port": port.host_port,
            }
            for port in ports
        ],
    }
    return Done(printed=container_id, sheet=tuple(sheet), details=details)


def _address(engine: Engine, port: PublishedPort) -> str:
    if port.host_ip in ANY_ADDRESS:
        host = "localhost" if engine.target.is_local else engine.target.host
    else:
        host = f"[{port.host_ip}]" if ":" in port.host_ip else port.host_ip
    if port.protocol != "tcp":
        return f"{host}:{port.host_port}/{port.protocol}"
    scheme = WEB_PORTS.get(port.container_port, "")
    return f"{scheme}{host}:{port.host_port}"


def wait_for_end(engine: Engine, container_id: str, *, removed: bool) -> requests.Response:
    """Ask the engine to tell when the container has ended; the answer is read with `exit_code`.

    Asked before the start, so that no end is missed. `removed` waits for `--rm` as well.
    """
    client = engine.client
    return client.post(
        f"{client.base_url}/v{client.api_version}/containers/{container_id}/wait",
        params={"condition": "removed" if removed else "next-exit"},
        stream=True,
        timeout=None,
    )


def exit_code(answer: requests.Response) -> int:
    """Return the code that the container ended with."""
    ended = json.loads(answer.content)
    problem = (ended.get("Error") or {}).get("Message")
    if problem:
        raise EngineError(str(problem), status=None)
    return int(ended["StatusCode"])
