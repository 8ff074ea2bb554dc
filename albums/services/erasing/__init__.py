"""Move photos to the bin, restore them, delete them for good, and remove erased data from the disk."""

__all__ = ["bin", "sweeping", "sweeps"]
