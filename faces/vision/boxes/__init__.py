"""Boxes of faces: detection at two scales, in tiles and on turned photos, duplicates, boxes drawn by hand."""

__all__ = ["duplicates", "manual", "scales", "tiles", "turned"]
