"""Which version of Trombine this is."""

import functools
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


@functools.cache
def version() -> str:
    """As the project's own file says, for it runs from its checkout and is not installed."""
    return str(tomllib.loads(PROJECT.read_text())["project"]["version"])
