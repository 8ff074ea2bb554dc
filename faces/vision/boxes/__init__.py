"""Boxes of faces: duplicates, and boxes drawn by hand."""

__all__ = ["duplicates", "manual"]
