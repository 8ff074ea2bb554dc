"""Trombine's version."""

import functools
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


@functools.cache
def version() -> str:
    """Return the version in pyproject.toml; the project runs from its checkout and is not installed."""
    return str(tomllib.loads(PROJECT.read_text())["project"]["version"])
