"""The private engine that the commands are timed with: its image, its containers, versions."""

from __future__ import annotations

import io
import shutil
import sys
import tarfile
from importlib.metadata import version
from subprocess import check_output

import docker

from benchmarks.rows import IMAGE

PRIVATE_ENGINE = "unix:///run/dk-engine/docker.sock"
RUNNING = 3  # containers for `ps` to list


def prepare() -> None:
    """Import a busybox as the image and start what `ps` lists. All of it ends with the engine."""
    busybox = shutil.which("busybox")
    if busybox is None:
        sys.exit("the image is made from a static busybox (Debian: busybox-static)")
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", dereference=True) as tar:
        tar.add(busybox, "bin/busybox")
        for name in ("true", "sleep"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    client = docker.from_env()
    client.api.import_image_from_data(content.getvalue(), repository=IMAGE, tag="latest")
    for _ in range(RUNNING):
        client.containers.run(IMAGE, ["sleep", "86400"], detach=True)


def versions() -> dict[str, str]:
    """Return the versions that the figures hold for."""
    client = ["docker", "version", "--format", "{{.Client.Version}} {{.Server.Version}}"]
    cli, engine = check_output(client, text=True).split()
    packages = {name: version(name) for name in ("dk-cli", "typer", "docker", "requests")}
    return {"docker_cli": cli, "docker_engine": engine} | {
        f"{name.replace('-', '_')}_package": text for name, text in packages.items()
    }
