"""Pictures of faces that are not in the storage are cut out of their photos again, under their old names."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection

from django.core.files.base import ContentFile

from albums import imaging
from albums.models import Image
from albums.services.reading.regeneration import Turn
from albums.storage import put_file
from faces.models import Face, StagedFace
from faces.services.core.pixels import CROP_QUALITY, PhotoUnreadable, photo_pixels
from faces.vision.alignment import portrait_crop
from faces.vision.pipeline import PORTRAIT_SIDE
from faces.vision.types import Box

logger = logging.getLogger(__name__)

AT_ONCE = 500
"""Photos that are looked at in one turn."""

TURN_SECONDS = 20.0


def crops_missing(images: Collection[int]) -> dict[int, list[Face | StagedFace]]:
    """Of these photos, the faces whose picture is not in the storage, by photo."""
    storage = Face.crop.field.storage
    missing: dict[int, list[Face | StagedFace]] = {}
    faces = Face.objects.filter(image__in=images).exclude(crop="").order_by("image_id", "pk")
    staged = StagedFace.objects.filter(scan__image__in=images).exclude(crop="").select_related("scan")
    for face in faces.only("image", "crop", "x", "y", "w", "h"):
        if not storage.exists(str(face.crop.name)):
            missing.setdefault(face.image_id, []).append(face)
    for one in staged:
        if not storage.exists(str(one.crop.name)):
            missing.setdefault(one.scan.image_id, []).append(one)
    return missing


def crops_remake(*, image: Image, faces: Collection[Face | StagedFace]) -> int:
    """Cut these faces out of their photo; how many, none when the photo cannot be read."""
    try:
        picture = photo_pixels(image)
    except PhotoUnreadable as error:
        logger.warning("No pictures of the faces in image %s: %s", image.pk, error.code)
        return 0
    height, width = picture.shape[:2]
    for face in faces:
        box = Box(face.x, face.y, face.w, face.h).scaled(width, height)
        portrait = portrait_crop(picture, box, side=PORTRAIT_SIDE)
        content = ContentFile(imaging.encode_jpeg(portrait, quality=CROP_QUALITY).data)
        put_file(face.crop.storage, str(face.crop.name), content)
    return len(faces)


def crops_turn(before: int | None) -> Turn:
    """Create missing crops for the next photos, newest first; see `albums.services.reading.regeneration`."""
    images = Image.objects.ready().order_by("-pk")
    if before is not None:
        images = images.filter(pk__lt=before)
    batch = list(images[:AT_ONCE])
    missing = crops_missing([image.pk for image in batch])
    made, last, began = 0, None, time.monotonic()
    for image in batch:
        if image.pk in missing:
            made += crops_remake(image=image, faces=missing[image.pk])
        last = image.pk
        if time.monotonic() - began > TURN_SECONDS:
            break
    return Turn(made, last)
