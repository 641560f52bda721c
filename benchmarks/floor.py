"""The floor of this stack: `docker ps -q` as a plain script with typer and the docker SDK."""

import docker
import typer


def ps() -> None:
    for container in docker.from_env().api.containers():
        print(container["Id"][:12])


typer.run(ps)
