"""The engine as the rest of dk sees it: what it has, and operations made true on it."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from dk.engine import read
from dk.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from dk.engine.context import Target
    from dk.engine.hello import Hello
    from dk.engine.rest import RestClient
    from dk.engine.transport import EngineClient
    from dk.executor import Progress
    from dk.model import Container, DiskUsage, Network
    from dk.output.streams import Streams
    from dk.plan import Check, Done, Freed, Json, Operation
    from dk.plans.clean.layers import Step, Store
    from dk.plans.clean.state import CleanState


class Engine:
    """One engine, its client made when first needed. Every failure is a DkError."""

    def __init__(self, target: Target, environ: Mapping[str, str], streams: Streams) -> None:
        self.target = target
        self.streams = streams
        self._environ = environ

    @cached_property
    def client(self) -> EngineClient:
        """The one client of this call of dk."""
        from dk.engine.client import connect

        return connect(self.target, self._environ)

    @cached_property
    def hello(self) -> Hello:
        """What dk and the engine agreed on when they first met."""
        from dk.engine.hello import greet

        return greet(self.target, self._environ)

    @cached_property
    def rest(self) -> RestClient:
        """The same engine for many small calls, in the version agreed on."""
        from dk.engine.rest import RestClient

        return RestClient(self.target, self.hello, self.headers)

    @cached_property
    def _config(self) -> Mapping[str, Json]:
        from dk.engine.config_file import read_config

        return read_config(self._environ)

    @property
    def headers(self) -> dict[str, bytes]:
        """The headers that docker's config.json has for every request."""
        from dk.engine.config_file import http_headers

        return http_headers(self._config)

    @property
    def detach_keys(self) -> str:
        """The keys that leave a container running, as docker's config.json has them."""
        from dk.engine.config_file import config_path
        from dk.spec.detach_keys import parse_detach_keys

        keys = self._config.get("detachKeys") or ""
        try:
            parse_detach_keys(keys)
        except UsageError as error:
            raise UsageError(
                f"docker's file has a mistake: {config_path(self._environ)}",
                f"detachKeys: {error.what}",
                error.fix,
            ) from error
        return keys

    @property
    def proxies(self) -> dict[str, str]:
        """The variables that docker's config.json gives to every container on this engine."""
        from dk.engine.proxies import proxy_variables

        return proxy_variables(self._config, self.target.address)

    def close(self) -> None:
        """Close the client's connections, if there are any."""
        if "client" in self.__dict__:
            self.client.close()
        if "rest" in self.__dict__:
            self.rest.close()

    def containers(self, *, stopped: bool) -> tuple[Container, ...]:
        """Return the running containers, or with `stopped` all of them, newest first."""
        client = self.client
        with translated():
            found = map(read.container, client.containers(all=stopped))
        # Podman's come in any order. Docker's are in order, within a second too: that one stays.
        return tuple(sorted(found, key=lambda container: container.created, reverse=True))

    def networks(self) -> tuple[Network, ...]:
        """Return all networks."""
        client = self.client
        with translated():
            return tuple(read.network(item) for item in client.networks())

    @cached_property
    def lasting_id(self) -> str:
        """What tells this engine from others for good: its own id.

        Podman's is another in every answer: there it is the address.
        """
        return str("" if self.hello.is_podman else self.info.get("ID") or "") or self.target.address

    @cached_property
    def info(self) -> Mapping[str, Json]:
        """What the engine says of itself."""
        info: Mapping[str, Json] = self.rest.get("/info")
        return info

    @property
    def store(self) -> Store:
        """How the engine stores its images."""
        from dk.engine.read_disk import store

        return store(self.info, is_podman=self.hello.is_podman)

    @property
    def api_version(self) -> tuple[int, ...]:
        """The API version that both sides speak, e.g. (1, 51)."""
        version = self.client.api_version if "client" in self.__dict__ else self.hello.api_version
        return tuple(map(int, version.split(".")))

    def removes_itself(self, container_id: str) -> bool:
        """Whether a container was made with `--rm`."""
        client = self.client
        with translated():
            inspected = client.inspect_container(container_id)
        return bool(inspected["HostConfig"].get("AutoRemove"))

    def observe_for_clean(self, kinds: Collection[str], uses: Mapping[str, datetime]) -> CleanState:
        """Read what a cleanup of these kinds depends on; `uses` are those known beside it."""
        from dk.engine.observe_clean import observe_for_clean

        return observe_for_clean(self, kinds, uses)

    def histories(self, image_ids: Iterable[str]) -> Mapping[str, Sequence[Step]]:
        """Return the steps of images by id, the base's first."""
        from dk.engine.observe_clean import read_histories

        return read_histories(self.rest, image_ids)

    def gauge(self, before: DiskUsage | None) -> Callable[[], Freed]:
        """Return what measures, when it is called, the bytes that came free since now."""
        from dk.engine.gauge import free_bytes, usage
        from dk.plan import Freed

        free = free_bytes(self)

        def measure() -> Freed:
            after, free_now = usage(self), free_bytes(self)
            return Freed(
                engine=before.total - after.total if before and after else None,
                file_system=None if free is None or free_now is None else free_now - free,
            )

        return measure

    def volume_names(self) -> tuple[str, ...]:
        """Return the names of all volumes."""
        client = self.client
        with translated():
            return tuple(item["Name"] for item in client.volumes()["Volumes"] or ())

    def has_image(self, reference: str, platform: str = "") -> bool:
        """Whether the engine holds the image of that reference or id, and for that platform."""
        import docker

        client = self.client
        with translated():
            try:
                image = client.inspect_image(reference)
            except docker.errors.ImageNotFound:
                return False
        return not platform or read.is_for(image, platform)

    def image_names(self) -> tuple[str, ...]:
        """Return every tag that the engine has."""
        client = self.client
        with translated():
            return read.image_names(client.images())

    def check(self, operation: Operation) -> Check:
        """Look once more, just before: is its cause still there, and what will it destroy."""
        from dk.plan import Check

        if not operation.destroys:
            return Check()
        from dk.engine.check import check

        return check(self.rest, operation)

    def apply(self, operation: Operation, progress: Progress) -> Done:
        """Carry out one operation."""
        from dk.plan import Removal

        if isinstance(operation, Removal):  # without the SDK
            from dk.engine.remove import remove

            return remove(self.rest, operation)
        from dk.engine.apply import apply

        # Outside `translated`: an engine that can't be reached says so in full.
        client = self.client
        # A change takes as long as it takes: copying up a volume, many ports, a slow disk.
        client.patience = None
        with translated():
            return apply(self, operation, progress)

    def undo(self, operation: Operation, done: Done) -> None:
        """Take back what `apply` created, where a failed transaction wants that."""
        from dk.engine.apply import undo

        with translated():
            undo(self, operation, done)


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever the SDK or the network raises into a DkError."""
    import docker
    import requests

    try:
        yield
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        from dk.engine.failures import translate

        raise translate(error) from error
