"""What happens to faces when something happens to photos."""

from __future__ import annotations


def connect() -> None:
    """Called once, when the app is ready."""
