"""The size at which pictures are decoded to look for faces."""

import math

from faces.vision.boxes.tiles import is_panorama

SCAN_SIDE = 2048
"""Pixels of the long side of a decoded photo: more than the detector sees, for embedding small faces."""

PANORAMA_SHORT_SIDE = SCAN_SIDE * 3 // 4
"""Pixels of the short side of a decoded panorama: that of an ordinary photo, 4:3."""

PANORAMA_PIXELS = 24_000_000
"""Pixels of a decoded panorama at most, 72 MB: ten times as long as high at the full short side. A longer one
gets a shorter side: 1,095 pixels at 20:1, where the detector sees 960 of an ordinary photo."""

PANORAMA_LONG_SIDE = 65_535
"""Pixels of the long side of a decoded panorama at most: JPEG's own limit, for the number of tiles."""


def scan_side(width: int, height: int) -> int:
    """Return the pixels of the long side at which a picture of this size is decoded to look for faces."""
    if not is_panorama(width, height):
        return SCAN_SIDE
    long_side = max(width, height)
    ratio = long_side / min(width, height)
    side = min(PANORAMA_SHORT_SIDE * ratio, math.sqrt(PANORAMA_PIXELS * ratio), PANORAMA_LONG_SIDE, long_side)
    return max(SCAN_SIDE, int(side))
