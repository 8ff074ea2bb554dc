"""Packages list their public modules in `__all__`, and other packages use no others."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PLACES = ("albums/services", "faces/services", "faces/vision")
PACKAGES = sorted(file.parent for place in PLACES for file in (ROOT / place).glob("*/__init__.py"))


@cache
def imports() -> list[tuple[Path, str]]:
    """Return each file of the product with each name that it imports from a module of the product."""
    return [
        (file, f"{node.module}.{alias.name}")
        for folder in ("albums", "api", "config", "faces")
        for file in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(("albums", "faces"))
        for alias in node.names
    ]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: ".".join(package.relative_to(ROOT).parts))
def test_other_packages_use_the_listed_modules(package: Path) -> None:
    prefix = ".".join(package.relative_to(ROOT).parts) + "."
    code = ast.parse((package / "__init__.py").read_text())
    listed = next(ast.literal_eval(node.value) for node in code.body if isinstance(node, ast.Assign))
    used = {
        name.removeprefix(prefix).split(".")[0]
        for file, name in imports()
        if name.startswith(prefix) and package not in file.parents
    }
    assert set(listed) <= {file.stem for file in package.glob("*.py")} - {"__init__"}
    assert used <= set(listed)
