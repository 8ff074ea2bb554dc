"""Pixels of stored photos, and pictures of faces cut out of them."""

import uuid

from django.core.files.base import ContentFile

from albums import imaging
from albums.exceptions import ImageRefused
from albums.models import Image
from albums.services.core import originals
from faces.models import Face
from faces.vision.scan_size import scan_side
from faces.vision.types import Pixels

CROP_QUALITY = 88


class PhotoUnreadable(Exception):
    """A photo that cannot be decoded, with a code and a text in English."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def photo_pixels(image: Image) -> Pixels:
    """Return the photo as it is shown, RGB, its long side at most `scan_side`. Raises PhotoUnreadable."""
    try:
        return originals.shrunk_photo_pixels(image, max_side=scan_side)
    except ImageRefused as refusal:
        raise PhotoUnreadable(str(refusal.code), str(refusal)) from refusal


def portrait_store(*, owner_id: int, portrait: Pixels) -> str:
    """Store the picture of a face under a new name, and return the name."""
    return crop_store(owner_id=owner_id, jpeg=imaging.encode_jpeg(portrait, quality=CROP_QUALITY).data)


def crop_store(*, owner_id: int, jpeg: bytes) -> str:
    """Store an encoded picture of a face under a new name, and return the name."""
    token = uuid.uuid4().hex
    name = f"faces/{owner_id}/{token[:2]}/{token}.jpg"
    return str(Face.crop.field.storage.save(name, ContentFile(jpeg)))
