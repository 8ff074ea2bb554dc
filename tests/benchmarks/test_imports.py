"""The benchmarks fit the code: each name that they import from the product exists."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
PACKAGES = ("albums", "api", "config", "faces")


def imports_of(source: str) -> Iterator[tuple[str, str]]:
    """Yield module and name of each import from the product, also of scripts that are string literals."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a string literal that is no script
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".", 1)[0] in PACKAGES:
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "x" for part in node.values]
            yield from imports_of("".join(map(str, parts)))
        elif isinstance(node, ast.Constant) and "\nfrom " in str(node.value):
            yield from imports_of(str(node.value))


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.py")), ids=lambda script: script.stem)
def test_what_a_benchmark_imports_exists(script: Path) -> None:
    for module, name in imports_of(script.read_text()):
        if not hasattr(importlib.import_module(module), name):
            importlib.import_module(f"{module}.{name}")


def test_imports_are_found_in_functions_and_in_scripts() -> None:
    source = (
        'def f():\n    from albums.models import Image, Album\nS = f"""\nfrom api.tokens import {a}b\n"""\n'
    )
    source += 'T = """\nimport json\nfrom faces.models import Face\n"""\nfrom json import loads\n'
    assert set(imports_of(source)) >= {
        ("albums.models", "Image"),
        ("albums.models", "Album"),
        ("api.tokens", "xb"),
        ("faces.models", "Face"),
    }
