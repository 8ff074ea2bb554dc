"""Take position, serial numbers and names out of picture files, without touching a pixel.

An allow-list for each format: what draws the picture stays, with its profile, its orientation, the time and
the exposure; all other metadata is overwritten. Lengths and offsets never change, so nothing in the file has
to be moved, and a copy needs no room: it is the original, read through patches.
"""

from albums.imaging.cleaning.cleaning import cleaning_patches
from albums.imaging.structure.errors import UnclearStructure

__all__ = ["UnclearStructure", "cleaning_patches"]
