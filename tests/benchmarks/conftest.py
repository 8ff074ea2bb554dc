"""The shared pictures, for these tests too."""

from tests.accuracy.conftest import shared

__all__ = ["shared"]
