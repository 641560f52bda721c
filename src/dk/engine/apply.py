"""Operations made true on an engine, one function for each kind of operation."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import docker

from dk.engine.deferral import DeferredInterrupts
from dk.engine.failures import one_line, translate
from dk.errors import DkError
from dk.files import make_folder, remove_folders
from dk.operations.container import RunContainer
from dk.operations.folder import MakeFolder
from dk.operations.image import PullImage
from dk.operations.network import CreateNetwork
from dk.plan import Done

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dk.engine.engine import Engine
    from dk.executor import Progress
    from dk.plan import Json, Operation


CONFLICT = 409


def apply(engine: Engine, operation: Operation, progress: Progress) -> Done:
    """Carry out one operation; the SDK's exceptions are the caller's to translate."""
    if isinstance(operation, RunContainer):
        from dk.engine.run import run_container

        return run_container(engine, operation)
    return _APPLY[type(operation)](engine, operation, progress)


def undo(engine: Engine, operation: Operation, done: Done) -> None:
    """Take back what a failed transaction has no use for: a network, folders that it made."""
    if isinstance(operation, MakeFolder):
        remove_folders(done.details["made"])
    if isinstance(operation, CreateNetwork):
        with suppress(docker.errors.APIError):  # in use by now, or gone: not ours any more
            engine.client.remove_network(done.details["id"])


def _pull_image(engine: Engine, operation: PullImage, progress: Progress) -> Done:
    from dk.spec.reference import parse_reference

    reference = parse_reference(operation.reference)
    layers: dict[str, tuple[int, int]] = {}
    try:
        # Name and tag apart: the SDK would take a missing tag for "latest" only by luck.
        stream = engine.client.pull(
            reference.repository,
            tag=reference.digest or reference.tag or "latest",
            stream=True,
            decode=False,
            platform=operation.platform or None,
        )
        for message in _messages(stream):
            if "errorDetail" in message or "error" in message:
                detail = message.get("errorDetail") or {}
                raise DkError(one_line(str(detail.get("message") or message.get("error"))))
            _advance(layers, message)
            total = sum(size for _, size in layers.values())
            if total:
                done = sum(current for current, _ in layers.values())
                progress.advanced(operation, done, total)
    except (docker.errors.APIError, DkError) as error:
        raise _pull_failed(operation, translate(error)) from error
    return Done(details={"reference": str(reference)})


def _messages(stream: Iterator[bytes]) -> Iterator[dict[str, Json]]:
    """Yield the JSON lines of a stream whose chunks may end anywhere, even inside a character."""
    rest = b""
    for chunk in stream:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (json.loads(line) for line in lines if line.strip())
    if rest.strip():
        yield json.loads(rest)


def _advance(layers: dict[str, tuple[int, int]], message: dict[str, Json]) -> None:
    detail = message.get("progressDetail") or {}
    if message.get("status") == "Downloading" and detail.get("total"):
        layers[message["id"]] = (detail.get("current") or 0, detail["total"])
    elif message.get("status") == "Download complete" and message.get("id") in layers:
        size = layers[message["id"]][1]
        layers[message["id"]] = (size, size)


def _pull_failed(operation: PullImage, cause: DkError) -> DkError:
    if operation.similar:
        fix = f"did you mean {' or '.join(operation.similar)}?"
    else:
        fix = "check the name, the network, and docker login where the image is private"
    return DkError(f"image {operation.reference} can't be pulled", cause.what, fix)


def _create_network(engine: Engine, operation: CreateNetwork, _progress: Progress) -> Done:
    with DeferredInterrupts() as interrupts:
        try:
            created = engine.client.create_network(
                operation.name, labels=dict(operation.labels), check_duplicate=True
            )
        except docker.errors.APIError as error:
            # Podman has the same with 500.
            if error.status_code == CONFLICT or "already exists" in str(error.explanation):
                return Done(skipped="somebody else has just made it")
            raise
        interrupts.made(lambda: engine.client.remove_network(created["Id"]))
    return Done(details={"id": created["Id"], "name": operation.name})


def _make_folder(_engine: Engine, operation: MakeFolder, _progress: Progress) -> Done:
    made = make_folder(operation.path)
    return Done(details={"path": operation.path, "made": made})


_APPLY: dict[type[Operation], Callable[..., Done]] = {
    PullImage: _pull_image,
    CreateNetwork: _create_network,
    MakeFolder: _make_folder,
}
