"""Boxes of faces: detection at two scales and in tiles, duplicates, and boxes drawn by hand."""

__all__ = ["duplicates", "manual", "scales", "tiles"]
