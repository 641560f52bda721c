"""The bytes that removing images and build cache frees: predicted, then measured to the byte."""

import hashlib
import io
import json
import random
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import docker as sdk
import pytest

from dk.engine.read_disk import cache_record, disk_usage, step
from dk.model import Image
from dk.plan import Prediction
from dk.plans.clean.layers import Stock, Store, forecast, needs_history

pytestmark = pytest.mark.engine

REPOSITORY = "bytes"


class Images:
    """Makes images of every sort from random content, and removes them as dk does."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.others = {item["Id"] for item in engine.images(all=True)}
        self.random = random.Random(1)
        self.stacks: list[tuple[bytes, ...]] = [()]
        self.archives: list[bytes] = []
        self.names = 0

    def make(self) -> None:
        """One more image, of any sort."""
        tags = self.tags()
        makers = [self.load, self.flatten]
        if tags:
            makers += [self.build, self.commit, self.save]
        if self.archives:
            makers.append(self.load_again)
        self.random.choice(makers)()
        if tags and self.random.random() < 0.2:
            self.engine.tag(self.random.choice(tags), *self.name())

    def load(self) -> None:
        """Some layers on those of another image, with a history, but without a parent."""
        below = self.random.choice(self.stacks)
        below = below[: self.random.randrange(len(below) + 1)]
        layers = (*below, *(self.layer() for _ in range(self.random.randrange(1, 5))))
        if self.random.random() < 0.2:
            layers += layers[-1:]
        self.stacks.append(layers)
        history: list[dict[str, Any]] = []
        for number, _ in enumerate(layers):
            if self.random.random() < 0.5:
                history.append({"created_by": "ENV A=1", "empty_layer": True})
            history.append({"created_by": f"COPY {number} /"})
        config = {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Env": [f"NUMBER={self.names}"]},
            "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]},
            "history": history,
        }
        files = {f"{number}.tar": layer for number, layer in enumerate(layers)}
        manifest = {"Config": "c", "RepoTags": [":".join(self.name())], "Layers": list(files)}
        described = {"c": config, "manifest.json": [manifest]}
        files |= {name: json.dumps(each).encode() for name, each in described.items()}
        succeed(self.engine.load_image(archive(files)))

    def flatten(self) -> None:
        """One layer, and no history to speak of."""
        self.import_(self.layer())

    def import_(self, layer: bytes) -> None:
        self.engine.import_image_from_data(layer, *self.name())

    def build(self) -> None:
        """By the classic builder, which leaves an untagged parent for every step."""
        lines, files = [f"FROM {self.random.choice(self.tags())}"], {}
        for _ in range(self.random.randrange(1, 4)):
            name = self.file()
            lines.append(self.random.choice((f"COPY {name} /", "ENV A=1", f"WORKDIR /{name}")))
            files[name] = self.content()
        files["Dockerfile"] = "\n".join(lines).encode()
        tag = ":".join(self.name())
        content = io.BytesIO(archive(files))
        succeed(
            self.engine.build(fileobj=content, custom_context=True, tag=tag, rm=True, decode=True)
        )

    def commit(self) -> None:
        """From a container into which a file was copied."""
        container = self.engine.create_container(self.random.choice(self.tags()), "x")["Id"]
        self.engine.put_archive(container, "/", archive({self.file(): self.content()}))
        self.engine.commit(container, *self.name())
        self.engine.remove_container(container)

    def save(self) -> None:
        """None by now: an archive of one, to be loaded when its parents may be gone."""
        self.archives.append(b"".join(self.engine.get_image(self.random.choice(self.tags()))))

    def load_again(self) -> None:
        succeed(self.engine.load_image(self.random.choice(self.archives)))

    def name(self) -> tuple[str, str]:
        self.names += 1
        return REPOSITORY, str(self.names)

    def file(self) -> str:
        return f"f{self.random.randrange(10**9)}"

    def content(self) -> bytes:
        return self.random.randbytes(self.random.randrange(1, 50_000))

    def layer(self) -> bytes:
        """The archive of a layer; a folder counts as no bytes."""
        if self.random.random() < 0.25:
            return archive({f"{self.file()}/": b""})
        return archive({self.file(): self.content()})

    def tags(self) -> list[str]:
        return sorted(tag for item in self.engine.images(REPOSITORY) for tag in item["RepoTags"])

    def some(self, stock: Stock, share: float) -> list[str]:
        """Choose images of those made here, none that one which stays was made from."""
        images = {image.id: image for image in stock.images}
        children: dict[str, set[str]] = {}
        for image in images.values():
            children.setdefault(image.parent, set()).add(image.id)
        chosen: list[str] = []
        ready = sorted(set(images) - set(children) - self.others)
        for each in ready:  # grows as it is walked: children first
            if self.random.random() < share:
                chosen.append(each)
                parent = images[each].parent
                if parent and parent not in self.others and children[parent] <= set(chosen):
                    ready.append(parent)
        return chosen

    def remove(self, stock: Stock, chosen: list[str]) -> None:
        tags = {image.id: image.tags for image in stock.images}
        for each in chosen:
            for name in (*tags[each], each):
                with suppress(sdk.errors.ImageNotFound):  # gone with its last tag
                    self.engine.remove_image(name, noprune=True)


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def archive(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name.rstrip("/"))
            entry.size, entry.mode = len(data), 0o755
            entry.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            tar.addfile(entry, io.BytesIO(data))
    return content.getvalue()


def succeed(lines: Iterator[dict[str, Any]]) -> None:
    for line in lines:
        assert "error" not in line, line


def look(engine: Any) -> Stock:
    images: list[Image] = []
    for item in engine.images(all=True):
        found = engine.inspect_image(item["Id"])
        tags, layers = found["RepoTags"] or (), found["RootFS"].get("Layers") or ()
        images.append(
            Image(
                id=item["Id"],
                tags=tuple(tag for tag in tags if tag != "<none>:<none>"),
                size=item["Size"],
                parent=found["Parent"],
                layers=tuple(layers),
            )
        )
    return Stock(images, [cache_record(each) for each in engine.df()["BuildCache"] or ()])


def predict(engine: Any, stock: Stock, removed: list[str]) -> Prediction:
    histories = {
        each: [step(item) for item in reversed(engine.history(each))]
        for each in needs_history(stock, removed)
    }
    return forecast(stock, removed, histories).prediction


def used(engine: Any) -> int:
    usage = disk_usage(engine.df(), Store.CLASSIC)
    assert usage is not None
    return usage.total


@pytest.fixture
def images(engine: Any) -> Iterator[Images]:
    made = Images(engine)
    yield made
    left = look(engine)
    made.remove(left, made.some(left, share=1.1))
    engine.prune_builds(all=True)


def test_what_removing_images_frees_is_known_to_the_byte(engine: Any, images: Images) -> None:
    for share in (0.3, 0.6, 0.2, 0.9):
        for _ in range(7):
            images.make()
        stock, before = look(engine), used(engine)
        chosen = images.some(stock, share)
        prediction = predict(engine, stock, chosen)
        images.remove(stock, chosen)
        assert prediction == Prediction(before - used(engine))


def test_what_buildkit_keeps_of_an_image_is_not_promised(engine: Any, images: Images) -> None:
    build_with_buildkit(images, "FROM scratch\nCOPY one /\n")
    build_with_buildkit(images, "FROM scratch\nCOPY one /\nCOPY two /\n")
    images.import_(archive({"three": b"3" * 5_000}))
    stock, before = look(engine), used(engine)
    chosen = images.some(stock, share=1.1)
    prediction = predict(engine, stock, chosen)
    images.remove(stock, chosen)
    assert prediction == Prediction(5_000, "BuildKit keeps layers as cache")
    assert prediction.size == before - used(engine)


def test_build_cache_that_goes_with_its_images_frees_all(engine: Any, images: Images) -> None:
    build_with_buildkit(images, "FROM scratch\nCOPY one /\nCOPY two /\n")
    stock, before = look(engine), used(engine)
    chosen = images.some(stock, share=1.1)
    prediction = predict(engine, stock, [*chosen, *(record.id for record in stock.cache)])
    images.remove(stock, chosen)
    engine.prune_builds(all=True)
    assert prediction == Prediction(before - used(engine))


def build_with_buildkit(images: Images, dockerfile: str) -> None:
    files = {"Dockerfile": dockerfile.encode(), "one": b"1" * 30_000, "two": b"2" * 40_000}
    answer = images.engine._post(
        images.engine._url("/build"),
        data=archive(files),
        params={"version": "2", "t": ":".join(images.name())},
        headers={"Content-Type": "application/x-tar"},
    )
    assert b"errorDetail" not in answer.content, answer.text
