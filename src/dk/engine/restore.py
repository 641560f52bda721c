"""What `dk undo` puts back, made true on an engine."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any

import docker
import requests

from dk.engine.apply import CONFLICT, apply
from dk.engine.deferral import DeferredInterrupts
from dk.engine.engine import translated
from dk.engine.failures import EngineError, translate
from dk.errors import DkError
from dk.operations.image import PullImage
from dk.operations.restore import (
    RestoreContainer,
    RestoreImage,
    RestoreNetwork,
    RestoreTags,
    RestoreVolume,
)
from dk.plan import Check, Done
from dk.spec.reference import parse_reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from dk.engine.engine import Engine
    from dk.executor import Progress
    from dk.plan import Json, Operation, Target


class Restorer:
    """Puts back on an engine what was removed from it.

    `restored` hears of everything that is back: its target, with the id that it had, and its new
    id.
    """

    def __init__(self, engine: Engine, restored: Callable[[Target, str], None]) -> None:
        self._engine = engine
        self._restored = restored

    def check(self, _operation: Operation) -> Check:
        """Look at nothing: it destroys nothing, and the engine refuses what is there."""
        return Check()

    def apply(self, operation: Operation, progress: Progress) -> Done:
        """Put one thing back; one whose name is taken by now is skipped."""
        client = self._engine.client
        client.patience = None
        # Made without a note of it, it would be taken for another one the next time; an image not.
        is_image = isinstance(operation, RestoreImage)
        with translated(), nullcontext() if is_image else DeferredInterrupts():
            try:
                new_id = self._apply(operation, progress)
            except (docker.errors.APIError, EngineError) as error:
                failure = translate(error)
                if not isinstance(failure, EngineError) or failure.status != CONFLICT:
                    raise
                return Done(skipped=failure.what)
            self._restored(operation.target, new_id)
        target = operation.target
        return Done(printed=target.name, details={"id": new_id, "name": target.name})

    def undo(self, operation: Operation, done: Done) -> None:
        """Take nothing back: a plan that restores is no transaction."""

    def _apply(self, operation: Operation, progress: Progress) -> str:
        if isinstance(operation, RestoreImage):
            return self._image(operation, progress)
        make: dict[type[Operation], Callable[[Any], str]] = {
            RestoreNetwork: self._network,
            RestoreVolume: self._volume,
            RestoreTags: self._tags,
            RestoreContainer: self._container,
        }
        return make[type(operation)](operation)

    def _network(self, operation: RestoreNetwork) -> str:
        return str(self._post("/networks/create", operation.request)["Id"])

    def _tags(self, operation: RestoreTags) -> str:
        self._tag(operation.id, operation.tags)
        return operation.id

    def _volume(self, operation: RestoreVolume) -> str:
        body = {
            "Name": operation.name,
            "Driver": operation.driver,
            "DriverOpts": dict(operation.options),
            "Labels": dict(operation.labels),
        }
        return str(self._post("/volumes/create", body)["Name"])

    def _tag(self, image: str, tags: tuple[str, ...]) -> None:
        for tag in tags:
            reference = parse_reference(tag)
            self._engine.client.tag(image, reference.repository, reference.tag)

    def _image(self, operation: RestoreImage, progress: Progress) -> str:
        pull = PullImage(reference=operation.reference)
        apply(self._engine, pull, _Heard(progress, operation))
        pulled = str(self._engine.client.inspect_image(operation.reference)["Id"])
        if pulled != operation.id:
            raise DkError(
                f"{operation.reference} was pulled and is another image",
                "the one that was removed may be of another platform",
                f"docker pull --platform PLATFORM {operation.reference}",
            )
        self._tag(pulled, operation.tags)
        return pulled

    def _container(self, operation: RestoreContainer) -> str:
        request, connections = operation.recreation
        made = self._post("/containers/create", request, name=operation.name)
        container_id = str(made["Id"])
        well = False
        try:
            for network, endpoint in connections.items():
                body = {"Container": container_id, "EndpointConfig": endpoint}
                self._post(f"/networks/{network}/connect", body)
            well = True
        finally:
            if not well:
                # Volumes that it mounts by name stay, the anonymous ones of old among them.
                with suppress(docker.errors.APIError):
                    self._engine.client.remove_container(container_id, v=True)
        return container_id

    def _post(self, path: str, body: Json, **params: str) -> Json:
        """Send JSON as it is: the SDK's own calls leave out what they don't know."""
        client = self._engine.client
        response = client.post(
            f"{client.base_url}/v{client.api_version}{path}", json=body, params=params, timeout=None
        )
        try:
            response.raise_for_status()
        except requests.HTTPError as error:
            raise docker.errors.create_api_error_from_http_exception(error) from error
        return response.json() if response.content else None


class _Heard:
    """Progress of one operation as that of another, which the user knows."""

    def __init__(self, progress: Progress, operation: Operation) -> None:
        self._progress = progress
        self._operation = operation

    def started(self, operation: Operation) -> None:
        """Say nothing: it has begun."""

    def advanced(self, _operation: Operation, done: int, total: int) -> None:
        """Hand it on."""
        self._progress.advanced(self._operation, done, total)

    def finished(self, outcome: object) -> None:
        """Say nothing: it goes on."""

    def ended(self) -> None:
        """Say nothing: the others go on."""
