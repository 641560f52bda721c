"""Who may import whom, read from the imports themselves."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "dk"
MODULES = sorted(SOURCE.rglob("*.py"))

PURE = (
    "errors", "model", "plan", "report", "options", "spec", "plans", "reports", "operations",
    "completion",
)  # fmt: skip
"""Layers that touch nothing: they import only one another and harmless parts of Python."""

EFFECTS = {
    "docker", "requests", "urllib3", "rich", "typer",
    "subprocess", "socket", "ssl", "threading", "os", "sys", "shutil", "signal", "select",
}  # fmt: skip

OWNERS = {
    "docker": ("engine",),
    "requests": ("engine",),
    "urllib3": ("engine",),
    "rich": ("output",),
    "dotenv": ("spec/env_file/dotenv.py",),
    "typer": ("cli.py", "commands"),
}


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def imports(path: Path) -> set[str]:
    """Every module that the file imports when it runs; imports for type checkers don't count."""
    tree = ast.parse(path.read_text())
    checking = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in checking:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_library_is_imported_only_by_its_layer(path: Path) -> None:
    for module in imports(path):
        owners = OWNERS.get(module.split(".")[0])
        if owners is not None:
            assert name_of(path).startswith(owners), f"{name_of(path)} imports {module}"


@pytest.mark.parametrize(
    "path", [p for p in MODULES if name_of(p).removesuffix(".py").startswith(PURE)], ids=name_of
)
def test_a_pure_layer_imports_only_pure_layers(path: Path) -> None:
    for module in imports(path):
        assert module.split(".")[0] not in EFFECTS, f"{name_of(path)} imports {module}"
        if module.startswith("dk."):
            assert module.split(".")[1] in PURE, f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_commands_are_imported_by_the_command_line_alone(path: Path) -> None:
    if not name_of(path).startswith(("commands", "cli.py", "__main__.py")):
        used = {module for module in imports(path) if module.startswith(("dk.commands", "dk.cli"))}
        assert not used, f"{name_of(path)} imports {used}"
