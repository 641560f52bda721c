"""What known tools stop and start again goes with -a only."""

import pytest

from dk.plans.clean.tools import TOOLS, Tool, tool_of
from tests.unit.plans.clean.scene import (
    anonymous,
    clean,
    container,
    kept,
    network,
    page,
    removed,
    shown,
    volume,
)

KIND = {"io.x-k8s.kind.cluster": "kind", "io.x-k8s.kind.role": "control-plane"}


def test_a_cluster_that_is_stopped_for_the_night_stays() -> None:
    plan = clean(
        container("kind-control-plane", exited="9h", labels=KIND),
        container("minikube", exited="9h", labels={"name.minikube.sigs.k8s.io": "minikube"}),
    )
    assert shown(plan) == page("""
        keep 1 container: of kind (-a takes it)
        keep 1 container: of minikube (-a takes it)
        nothing to remove
        """)


def test_a_takes_it() -> None:
    node = container("kind-control-plane", exited="9h", labels=KIND)
    assert removed(clean(node, everything=True)) == ["kind-control-plane"]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: f"{tool.name}-{tool.names}{tool.labels}")
def test_each_known_tool_is_known_by_its_labels_or_its_name(tool: Tool) -> None:
    name = tool.names.replace("*", "1") or "any"
    labels = {
        key: value or "x" for key, _, value in (label.partition("=") for label in tool.labels)
    }
    assert kept(clean(container(name, exited="3d", labels=labels))) == {
        name: f"of {tool.name} (-a takes it)"
    }


def test_its_networks_and_volumes_stay_too() -> None:
    plan = clean(
        network("kind", labels={"dk.made-by": "test"}), volume("vscode"), named_volumes="*"
    )
    assert kept(plan) == {
        "kind": "of kind (-a takes it)",
        "vscode": "of Visual Studio Code (-a takes it)",
    }
    cache = anonymous("a", labels={"com.gitlab.gitlab-runner.type": "cache"})
    assert removed(clean(cache)) == []


def test_another_value_or_only_some_of_the_labels_is_no_tool() -> None:
    assert tool_of("web", {"app": "k3d-like"}) == ""
    assert tool_of("web", {"service": "web", "role": "app"}) == ""
    assert tool_of("kind-of", {}) == ""
    assert tool_of("my-dagger-engine-1", {}) == ""
