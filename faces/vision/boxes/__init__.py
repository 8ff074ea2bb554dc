"""Boxes of faces: detection at two scales, duplicates, and boxes drawn by hand."""

__all__ = ["duplicates", "manual", "scales"]
