"""Move photos to the bin, restore them, and delete them for good."""

__all__ = ["bin"]
