"""What end-to-end tests share."""

import json
from pathlib import Path
from typing import Any

import pytest

SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "envelope.schema.json"


@pytest.fixture(scope="session")
def schema() -> dict[str, Any]:
    """The JSON Schema of what `--json` prints."""
    loaded: dict[str, Any] = json.loads(SCHEMA.read_text())
    return loaded
