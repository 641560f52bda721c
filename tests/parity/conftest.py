"""What the comparisons without an engine share: the docker CLIs there are, and where both stand."""

from collections.abc import Iterator
from contextlib import chdir

import pytest

from .sides import Workplace, docker_clis


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """The working folder of both sides; this process stands in it."""
    place = Workplace.make(tmp_path_factory.mktemp("parity"))
    with chdir(place.folder):
        yield place


@pytest.fixture(scope="module", params=docker_clis())
def docker_cli(request: pytest.FixtureRequest) -> str:
    """Each docker CLI that is there."""
    return str(request.param)
