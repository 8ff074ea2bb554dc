"""Erase face data, and follow photos into the bin and out of it."""

__all__ = ["bin", "erasure"]
