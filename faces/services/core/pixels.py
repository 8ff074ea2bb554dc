"""Pixels of stored photos, and pictures of faces cut out of them."""

import math
import uuid

from django.core.files.base import ContentFile

from albums import imaging
from albums.exceptions import ImageRefused
from albums.models import Image
from albums.services.core.limits import image_limits
from albums.services.core.originals import original_file
from faces.models import Face
from faces.vision.boxes.tiles import is_panorama
from faces.vision.types import Pixels

SCAN_SIDE = 2048
"""Pixels of the long side of a decoded photo: more than the detector sees, for embedding small faces."""

PANORAMA_SHORT_SIDE = SCAN_SIDE * 3 // 4
"""Pixels of the short side of a decoded panorama: that of an ordinary photo, 4:3."""

PANORAMA_PIXELS = 24_000_000
"""Pixels of a decoded panorama at most, 72 MB: ten times as long as high at the full short side. A longer one
gets a shorter side: 1,095 pixels at 20:1, where the detector sees 960 of an ordinary photo."""

PANORAMA_LONG_SIDE = 65_535
"""Pixels of the long side of a decoded panorama at most: JPEG's own limit, for the number of tiles."""

CROP_QUALITY = 88


class PhotoUnreadable(Exception):
    """A photo that cannot be decoded, with a code and a text in English."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def scan_side(width: int, height: int) -> int:
    """Return the pixels of the long side at which a picture of this size is decoded to look for faces."""
    if not is_panorama(width, height):
        return SCAN_SIDE
    long_side = max(width, height)
    ratio = long_side / min(width, height)
    side = min(PANORAMA_SHORT_SIDE * ratio, math.sqrt(PANORAMA_PIXELS * ratio), PANORAMA_LONG_SIDE, long_side)
    return max(SCAN_SIDE, int(side))


def photo_pixels(image: Image) -> Pixels:
    """Return the upright photo, RGB, its long side at most `scan_side`. Raises PhotoUnreadable."""
    try:
        with original_file(image) as original:
            return imaging.decode(original, max_side=scan_side, limits=image_limits())
    except ImageRefused as refusal:
        raise PhotoUnreadable(str(refusal.code), str(refusal)) from refusal


def portrait_store(*, owner_id: int, portrait: Pixels) -> str:
    """Store the picture of a face under a new name, and return the name."""
    token = uuid.uuid4().hex
    name = f"faces/{owner_id}/{token[:2]}/{token}.jpg"
    storage = Face.crop.field.storage
    return str(storage.save(name, ContentFile(imaging.encode_jpeg(portrait, quality=CROP_QUALITY).data)))
