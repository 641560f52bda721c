"""Tools whose containers, networks and volumes are stopped and started again, and must stay."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Tool(NamedTuple):
    """A tool and how its resources are known: labels that are all there, or a name."""

    name: str
    labels: tuple[str, ...] = ()  # KEY, or KEY=VALUE
    names: str = ""  # a glob


TOOLS = (
    Tool("kind", ("io.x-k8s.kind.cluster",)),
    Tool("kind", names="kind"),  # its network has no label
    Tool("minikube", ("created_by.minikube.sigs.k8s.io=true",)),
    Tool("minikube", ("name.minikube.sigs.k8s.io",)),
    Tool("k3d", ("app=k3d",)),
    Tool("Talos", ("talos.owned=true",)),
    Tool("Kubernetes", ("io.kubernetes.pod.uid",)),
    Tool("a swarm", ("com.docker.swarm.service.id",)),
    Tool("a swarm", ("com.docker.stack.namespace",)),
    Tool("Nomad", ("com.hashicorp.nomad.alloc_id",)),
    Tool("Amazon ECS", ("com.amazonaws.ecs.task-arn",)),
    Tool("devcontainers", ("devcontainer.local_folder",)),
    Tool("devcontainers", ("devcontainer.metadata",)),
    Tool("Visual Studio Code", ("vsch.local.repository",)),
    Tool("Visual Studio Code", names="vscode"),
    Tool("distrobox", ("manager=distrobox",)),
    Tool("toolbox", ("com.github.containers.toolbox=true",)),
    Tool("buildx", names="buildx_buildkit_*"),
    Tool("Dagger", names="dagger-engine-*"),
    Tool("Earthly", names="earthly-*"),
    Tool("GitLab Runner", ("com.gitlab.gitlab-runner.type=cache",)),
    Tool("Kamal", ("service", "role", "destination")),
    Tool("Dokku", ("com.dokku.app-name",)),
    Tool("DDEV", ("com.ddev.site-name",)),
    Tool("Lando", ("io.lando.container=TRUE",)),
    Tool("Supabase", ("com.supabase.cli.project",)),
    Tool("Coolify", ("coolify.managed=true",)),
    Tool("Docker Desktop", ("com.docker.desktop.extension",)),
    Tool("Docker Desktop", ("com.docker.extension.name",)),
    Tool("Home Assistant", ("supervisor_managed",)),
)  # fmt: skip


def tool_of(name: str, labels: Mapping[str, str]) -> str:
    """Return the known tool that a resource belongs to, empty where there is none."""
    for tool in TOOLS:
        if tool.names and fnmatchcase(name, tool.names):
            return tool.name
        if tool.labels and all(_has(labels, wanted) for wanted in tool.labels):
            return tool.name
    return ""


def _has(labels: Mapping[str, str], wanted: str) -> bool:
    key, has_value, value = wanted.partition("=")
    return key in labels and (not has_value or labels[key] == value)
