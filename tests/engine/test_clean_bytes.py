"""The bytes that removing images and build cache frees, predicted and then measured."""

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

from dk.engine.read_disk import disk_usage
from dk.model import CacheRecord, DiskUsage, Image
from dk.plan import Prediction
from dk.plans.clean.layers import Step, Stock, Store, forecast, needs_history

pytestmark = pytest.mark.engine

METADATA = ("ENV A=1", "/bin/sh -c #(nop)  CMD [\"sh\"]", "LABEL a=b")


class Images:
    """Makes images of every sort from random content, and removes them as dk does."""

    def __init__(self, engine: sdk.APIClient, seed: int) -> None:
        self.engine = engine
        self.random = random.Random(seed)
        self.layers: list[tuple[bytes, ...]] = [()]
        self.archives: list[bytes] = []
        self.names = 0
        self.mine: set[str] = set()

    def name(self) -> str:
        self.names += 1
        return f"bytes:{self.names}"

    def layer(self) -> bytes:
        """A layer's archive; one in four has a folder only, which counts as no bytes."""
        is_empty = self.random.random() < 0.25
        name = f"f{self.random.randrange(10**9)}"
        if is_empty:
            return archive({f"{name}/": b""})
        return archive({name: self.random.randbytes(self.random.randrange(1, 90_000))})

    def load(self, *, fits: bool = True) -> None:
        """An image from an archive: layers of its own on some of another's, with no parent."""
        below = self.random.choice(self.layers)
        below = below[: self.random.randrange(len(below) + 1)]
        more = [self.layer() for _ in range(self.random.randrange(1, 5))]
        if below and self.random.random() < 0.2:
            more.append(self.random.choice(below))
        layers = (*below, *more)
        self.layers.append(layers)
        history: list[dict[str, Any]] = []
        for number, _ in enumerate(layers):
            while self.random.random() < 0.4:
                said = self.random.choice(METADATA if fits else (*METADATA, "WORKDIR /w"))
                history.append({"created_by": said, "empty_layer": True})
            history.append({"created_by": f"COPY {number} /"})
        config = {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Env": [f"N={self.random.random()}"]},
            "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]},
            "history": history,
        }
        text = json.dumps(config).encode()
        files = {f"{number}.tar": layer for number, layer in enumerate(layers)}
        manifest = [{"Config": "c.json", "RepoTags": [self.name()], "Layers": list(files)}]
        files |= {"c.json": text, "manifest.json": json.dumps(manifest).encode()}
        self.load_archive(archive(files))

    def load_archive(self, content: bytes) -> None:
        for line in self.engine.load_image(content):
            assert "error" not in line, line

    def build(self, base: str) -> None:
        """An image by the classic builder, which leaves a parent for every step."""
        lines, files = [f"FROM {base}"], {}
        for _ in range(self.random.randrange(1, 5)):
            name = f"f{self.random.randrange(10**9)}"
            kind = self.random.randrange(5)
            if kind <= 1:
                files[name] = self.random.randbytes(self.random.randrange(1, 90_000))
                lines.append(f"COPY {name} /{name}")
            else:
                lines.append(("ENV A=1", f"WORKDIR /w{self.random.randrange(3)}", "LABEL a=b")[kind - 2])
        files["Dockerfile"] = "\n".join(lines).encode()
        for line in self.engine.build(
            fileobj=io.BytesIO(archive(files)), custom_context=True, tag=self.name(),
            nocache=self.random.random() < 0.5, decode=True, rm=True,
        ):  # fmt: skip
            assert "error" not in line, line

    def commit(self, base: str) -> None:
        """An image from a container into which a file was copied."""
        container = self.engine.create_container(base, "x")["Id"]
        content = archive({"committed": self.random.randbytes(self.random.randrange(1, 90_000))})
        self.engine.put_archive(container, "/", content)
        self.engine.commit(container, *self.name().split(":"))
        self.engine.remove_container(container)

    def flatten(self) -> None:
        """An image of one layer."""
        self.engine.import_image_from_data(self.layer(), *self.name().split(":"))

    def save(self, name: str) -> None:
        """Keep an image in an archive, to be loaded when its parents are gone."""
        self.archives.append(b"".join(self.engine.get_image(name)))

    def make(self, *, fits: bool = True) -> None:
        """One more image, of any sort."""
        names = self.tagged()
        kind = self.random.randrange(8)
        if kind <= 2 or not names:
            self.load(fits=fits)
        elif kind == 3:
            self.flatten()
        elif kind == 4:
            self.commit(self.random.choice(names))
        elif kind == 5 and self.archives:
            self.load_archive(self.random.choice(self.archives))
        else:
            self.build(self.random.choice(names))
        if names and self.random.random() < 0.2:
            self.save(self.random.choice(names))
        if names and self.random.random() < 0.2:
            self.engine.tag(self.random.choice(names), *self.name().split(":"))

    def tagged(self) -> list[str]:
        return sorted(tag for image in self.engine.images() for tag in image["RepoTags"] or ()
                      if tag.startswith("bytes:"))  # fmt: skip

    def choose(self, stock: Stock) -> list[str]:
        """Some images, children before parents, none that another was made from and that stays."""
        images = {image.id: image for image in stock.images}
        waits = {image.id for image in images.values()}
        children: dict[str, set[str]] = {}
        for image in images.values():
            children.setdefault(image.parent, set()).add(image.id)
        share = self.random.choice((0.1, 0.3, 0.6, 0.9))
        chosen: list[str] = []
        ready = sorted(each for each in waits if not children.get(each))
        self.random.shuffle(ready)
        for each in ready:
            mine = all(tag.startswith("bytes:") for tag in images[each].tags)
            if not mine or self.random.random() > share:
                continue
            chosen.append(each)
            parent = images[each].parent
            if parent in images and children[parent] <= set(chosen):
                ready.append(parent)
        return chosen

    def remove(self, stock: Stock, chosen: list[str]) -> None:
        images = {image.id: image for image in stock.images}
        for each in chosen:
            for name in (*images[each].tags, each):
                with suppress(sdk.errors.ImageNotFound):  # went with its last tag
                    self.engine.remove_image(name, noprune=True)


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def archive(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name.rstrip("/"))
            entry.size, entry.mode = len(data), 0o755
            if name.endswith("/"):
                entry.type = tarfile.DIRTYPE
            tar.addfile(entry, io.BytesIO(data))
    return content.getvalue()


def look(engine: sdk.APIClient, store: Store = Store.CLASSIC) -> tuple[Stock, DiskUsage]:
    images: list[Image] = []
    for item in engine.images(all=True):
        found = engine.inspect_image(item["Id"])
        images.append(
            Image(
                id=item["Id"],
                tags=tuple(found["RepoTags"] or ()),
                size=item["Size"],
                parent=found["Parent"],
                layers=tuple(found["RootFS"].get("Layers") or ()),
            )
        )
    df = engine.df()
    cache = tuple(
        CacheRecord(id=each["ID"], kind=each["Type"], size=each["Size"], shared=each["Shared"])
        for each in df["BuildCache"] or ()
    )
    return Stock(images, cache, store), disk_usage(df)


def history(engine: sdk.APIClient, image: str) -> tuple[Step, ...]:
    return tuple(Step(each["Size"], each["CreatedBy"]) for each in reversed(engine.history(image)))


def predict(engine: sdk.APIClient, stock: Stock, removed: list[str]) -> Prediction:
    histories = {each: history(engine, each) for each in needs_history(stock, removed)}
    found = forecast(stock, removed, histories)
    assert sum(found.shares.values()) == found.prediction.size
    return found.prediction
