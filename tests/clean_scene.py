"""What a test of `dk clean` makes in the engine: all of it under one label, and in one scope.

The engine is shared, so each call of dk here is confined to what the test made itself: by the label
where things have labels, else by keeping what was there before.
"""

import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import docker as sdk

from tests.conftest import Outcome, RunDk

YES = ("-y", "--json")
CLASSIC_STORE = {"overlay2", "vfs", "fuse-overlayfs"}


class Scene:
    """Makes things under the label `scene=NAME`; names begin with `NAME-`."""

    def __init__(self, engine: Any, run_dk: RunDk, name: str = "scene") -> None:
        self.engine = engine
        self.name = name
        self.labels = {"scene": name}
        self._run_dk = run_dk
        self._before = self._unlabelled()
        self._images = self._all_images()

    # dk

    def clean(self, *words: str, **options: Any) -> Outcome:
        """Call `dk clean` for what has the label, without the days of grace that tests lack."""
        return self._run_dk(*self.line(*words), **options)

    def line(self, *words: str) -> list[str]:
        """The words of such a call."""
        return ["clean", "--label", f"scene={self.name}", "--grace", "0", *words]

    def clean_unlabelled(self, *words: str, **options: Any) -> Outcome:
        """Call `dk clean` for anonymous volumes or build cache, keeping what was there before."""
        keep = [word for each in sorted(self._before) for word in ("--keep", each)]
        return self._run_dk("clean", *words, *keep, "--grace", "0", **options)

    # things

    def full(self, name: str) -> str:
        """The whole name of what is called so here."""
        return f"{self.name}-{name}"

    def container(
        self,
        name: str,
        *command: str,
        image: str = "busybox",
        labels: Mapping[str, str] | None = None,
        start: bool = False,
        volumes: Sequence[str] = (),
        **host: Any,
    ) -> str:
        """A container; `host` are options of the SDK's host configuration."""
        made = self.engine.create_container(
            image,
            list(command) or ["true"],
            name=self.full(name),
            labels={**self.labels, **(labels or {})},
            volumes=list(volumes),
            host_config=self.engine.create_host_config(**host),
        )
        if start:
            self.engine.start(made["Id"])
        return str(made["Id"])

    def ended(self, name: str, *command: str, **options: Any) -> str:
        """A container that has run to its end."""
        made = self.container(name, *command, start=True, **options)
        self.engine.wait(made)
        return made

    def network(self, name: str, labels: Mapping[str, str] | None = None) -> str:
        """A network, as dk makes them."""
        every = {**self.labels, "dk.made-by": "dk", **(labels or {})}
        return str(self.engine.create_network(self.full(name), labels=every)["Id"])

    def volume(self, name: str, labels: Mapping[str, str] | None = None) -> str:
        """A named volume."""
        every = {**self.labels, **(labels or {})}
        made = self.engine.create_volume(self.full(name), labels=every)
        return str(made["Name"])

    def anonymous_volume(self) -> str:
        """A volume that a container left behind."""
        made = self.container("leaves-a-volume", volumes=["/data"])
        (mount,) = self.engine.inspect_container(made)["Mounts"]
        self.engine.remove_container(made)
        return str(mount["Name"])

    def image(
        self,
        *steps: str,
        tag: str = "",
        base: str = "scratch",
        files: Mapping[str, bytes] | None = None,
    ) -> str:
        """An image of the classic builder, each of whose steps leaves an untagged parent."""
        label = f'LABEL scene="{self.name}"'
        lines = "\n".join([f"FROM {base}", label, *steps])
        content = archive({"Dockerfile": lines.encode(), **(files or {})})
        answer = self.engine.build(
            fileobj=io.BytesIO(content), custom_context=True, tag=tag or None, rm=True, decode=True
        )
        ids = [line["aux"]["ID"] for line in answer if "ID" in (line.get("aux") or {})]
        return str(ids[-1])

    def layered(self, name: str, size: int, *, tag: str = "", base: str = "scratch") -> str:
        """An image with one more layer than its base, of random looks, `size` bytes long."""
        return self.image(f"COPY {name} /", tag=tag, base=base, files={name: content(name, size)})

    def loaded(
        self,
        name: str,
        *,
        created: str = "2020-01-01T00:00:00Z",
        tags: Sequence[str] = (),
        below: Sequence[bytes] = (),
        size: int = 1000,
    ) -> str:
        """An image that was made elsewhere, at that time; `below` are its lower layers."""
        layers = [*below, archive({name: content(name, size)})]
        config = {
            "architecture": "amd64",
            "os": "linux",
            "created": created,
            "config": {"Labels": self.labels, "Cmd": ["x"]},
            "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]},
            "history": [
                {"created": created, "created_by": f"COPY {n} /"} for n in range(len(layers))
            ],
        }
        written = json.dumps(config).encode()
        files = {f"{number}.tar": layer for number, layer in enumerate(layers)}
        manifest = {"Config": "config.json", "RepoTags": list(tags), "Layers": list(files)}
        files |= {"config.json": written, "manifest.json": json.dumps([manifest]).encode()}
        for line in self.engine.load_image(archive(files)):
            assert "error" not in line, line
        return digest(written)

    def build_with_buildkit(self, dockerfile: str, tag: str, **files: bytes) -> None:
        """An image of BuildKit, which keeps its cache."""
        lines = dockerfile.replace("\n", f'\nLABEL scene="{self.name}"\n', 1)
        answer = self.engine._post(
            self.engine._url("/build"),
            data=archive({"Dockerfile": lines.encode(), **files}),
            params={"version": "2", "t": tag},
            headers={"Content-Type": "application/x-tar"},
        )
        assert b"errorDetail" not in answer.content, answer.text

    # what is there

    def containers(self) -> set[str]:
        """The names of its containers, without the scene's."""
        found = self.engine.containers(all=True, filters={"label": f"scene={self.name}"})
        return {each["Names"][0].removeprefix(f"/{self.name}-") for each in found}

    def networks(self) -> set[str]:
        """The names of its networks, without the scene's."""
        found = self.engine.networks(filters={"label": f"scene={self.name}"})
        return {each["Name"].removeprefix(f"{self.name}-") for each in found}

    def volumes(self) -> set[str]:
        """The names of all volumes that were made since, without the scene's."""
        found = {each["Name"] for each in self.engine.volumes()["Volumes"] or ()}
        return {each.removeprefix(f"{self.name}-") for each in found - self._before}

    def images(self) -> set[str]:
        """The ids of all images that were made since, untagged parents too."""
        return self._all_images() - self._images

    def tags(self) -> set[str]:
        """The tags of all images that were made since."""
        found = self.engine.images()
        return {
            tag for each in found for tag in each["RepoTags"] or () if each["Id"] in self.images()
        }

    def cache(self) -> set[str]:
        """The ids of the records of the build cache that were made since."""
        return {each["ID"] for each in self.cache_records()}

    def cache_records(self) -> list[Any]:
        """The records of the build cache that were made since."""
        records = self.engine.df()["BuildCache"] or ()
        return [each for each in records if each["ID"] not in self._before]

    def clear(self) -> None:
        """Remove the images and the build cache, which the fixture of all tests does not."""
        for each in self.engine.containers(all=True, filters={"label": f"scene={self.name}"}):
            self.engine.remove_container(each["Id"], force=True, v=True)
        left = self.images()
        while left:  # children first; each round takes those that nothing was made from
            for each in left:
                with suppress(sdk.errors.APIError):
                    self.engine.remove_image(each, force=True, noprune=True)
            before, left = left, self.images()
            assert left < before, "images that can't be removed"
        records = self.cache()
        while records:  # children first, too
            for record in records:
                self.engine.prune_builds(all=True, filters={"id": record})
            before, records = records, self.cache()
            assert records < before, "build cache that can't be removed"

    def _unlabelled(self) -> set[str]:
        counts = self.engine.df()
        records = {each["ID"] for each in counts["BuildCache"] or ()}
        return records | {each["Name"] for each in self.engine.volumes()["Volumes"] or ()}

    def _all_images(self) -> set[str]:
        return {each["Id"] for each in self.engine.images(all=True)}


def archive(files: Mapping[str, bytes]) -> bytes:
    """A tar archive of these files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o755
            tar.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def content(seed: str, size: int) -> bytes:
    """Bytes that are always the same for a seed, and others for another."""
    import random

    return random.Random(seed).randbytes(size)


def digest(data: bytes) -> str:
    """The digest by which an engine knows data."""
    import hashlib

    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def by_status(document: Any) -> dict[str, dict[str, str]]:
    """Names and reasons of a document's operations, by what became of them."""
    found: dict[str, dict[str, str]] = {"done": {}, "skipped": {}, "failed": {}}
    for each in document["operations"]:
        outcome = each["outcome"]
        found[outcome["status"]][each["target"]["name"]] = outcome["reason"]
    return found


def planned(document: Any) -> list[str]:
    """The names of what a document says would go, in its order."""
    return [each["target"]["name"] for each in document["operations"]]


def kept(document: Any) -> dict[str, str]:
    """The rule and detail that keep each thing of a document, by name."""
    return {each["name"]: f"{each['rule']} {each['detail']}".strip() for each in document["kept"]}


def journal(home: Path) -> list[dict[str, Any]]:
    """All lines of the journal of a user with this home folder."""
    texts = (
        file.read_text() for file in sorted((home / ".local/state/dk/journal").glob("*/*.jsonl"))
    )
    # While dk writes, the last line may be half there.
    return [json.loads(line) for text in texts for line in text.split("\n")[:-1] if line]


def destroyed(home: Path) -> set[str]:
    """The ids that the journal says are gone."""
    return {each["id"] for each in journal(home) if each.get("event") == "destroyed"}
