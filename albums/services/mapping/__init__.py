"""The map: photos by position in clusters, and what is drawn below them without a network."""

__all__ = ["clusters", "outlines", "towns"]
