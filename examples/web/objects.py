"""The demo's own objects on the engine that dk finds: `python objects.py VERB`.

- `engine` prints the engine's address; fails where there is none, or none on this machine.
- `image` makes the image, by import: no registry is asked.
- `stop` removes the demo's container and network, `remove` its image too, so far as they are
  there and its own.
"""

import io
import os
import shutil
import sys
import tarfile
from contextlib import suppress
from pathlib import Path

import docker.errors

from dk.engine.client import connect
from dk.engine.context import resolve
from dk.engine.transport import EngineClient
from dk.errors import DkError

IMAGE = "dk-demo"
CONTAINER = "dk-demo-web"
NETWORK = "dk-demo-net"
LABEL = "dk.demo"
# Process 1 hears only what it handles: without the trap every stop would take ten seconds.
SERVE = "trap exit TERM; httpd -f -p 80 -h /www & wait"


def make_image(client: EngineClient) -> None:
    """Import an image of a static busybox and the page that its web server shows."""
    busybox = shutil.which("busybox")
    if busybox is None:
        sys.exit("the demo's image is made from a static busybox (Debian: busybox-static)")
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", dereference=True) as tar:
        tar.add(busybox, "bin/busybox")
        for name in ("sh", "httpd", "sleep"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
        tar.add(Path(__file__).with_name("www"), "www")
    client.import_image_from_data(
        content.getvalue(),
        repository=IMAGE,
        tag="latest",
        changes=[f"CMD {SERVE}", f"LABEL {LABEL}=1"],
    )
    size = client.inspect_image(IMAGE)["Size"]
    print(f"{IMAGE}: {size / 1e6:.1f} MB, a busybox and a page")


def remove_container_and_network(client: EngineClient) -> None:
    """Remove both if they are there and a demo's: the same name alone is not enough."""
    with suppress(docker.errors.NotFound):
        if LABEL in client.inspect_container(CONTAINER)["Config"]["Labels"]:
            client.remove_container(CONTAINER, force=True)
    with suppress(docker.errors.NotFound):
        if client.inspect_network(NETWORK)["Labels"].get("dk.made-by") == "run":
            client.remove_network(NETWORK)


def remove_all(client: EngineClient) -> None:
    """Remove those two and the image, also what a killed demo left."""
    remove_container_and_network(client)
    with suppress(docker.errors.NotFound):
        if LABEL in (client.inspect_image(IMAGE)["Config"]["Labels"] or {}):
            client.remove_image(IMAGE)


def main(verb: str) -> None:
    """Do what the verb says with the engine that dk would take."""
    target = resolve(host=None, context=None, environ=os.environ)
    client = connect(target, os.environ)
    try:
        if verb != "engine":
            VERBS[verb](client)
        elif target.is_local:
            print(target.address)
        else:
            sys.exit(f"the engine at {target.address} is on another machine, and so is its port")
    finally:
        client.close()


VERBS = {
    "image": make_image,
    "stop": remove_container_and_network,
    "remove": remove_all,
}

if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except DkError as error:
        sys.exit(f"{error.what}: {error.why}")
