"""Pictures of faces that are not in the storage are cut out of their photos again, under their old names."""

import logging
from collections.abc import Collection, Iterator, Sequence

from django.core.files.base import ContentFile

from albums import imaging
from albums.models import Image
from albums.storage import put_file
from faces.models import Face, StagedFace
from faces.services.core.pixels import CROP_QUALITY, PhotoUnreadable, photo_pixels
from faces.vision.alignment import portrait_crop
from faces.vision.pipeline import PORTRAIT_SIDE
from faces.vision.types import Box

logger = logging.getLogger(__name__)


def crops_missing(images: Collection[int]) -> dict[int, list[Face | StagedFace]]:
    """Return the faces of these photos whose crop is not in the storage, by photo."""
    storage = Face.crop.field.storage
    missing: dict[int, list[Face | StagedFace]] = {}
    faces = Face.objects.filter(image__in=images).exclude(crop="").order_by("image_id", "pk")
    staged = StagedFace.objects.filter(scan__image__in=images).exclude(crop="").select_related("scan")
    for face in faces.only("image", "crop", "turns", "x", "y", "w", "h"):
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
        if isinstance(face, Face) and face.turns != image.turns:
            continue  # turned since its photo was read here
        box = Box(face.x, face.y, face.w, face.h).scaled(width, height)
        portrait = portrait_crop(picture, box, side=PORTRAIT_SIDE)
        content = ContentFile(imaging.encode_jpeg(portrait, quality=CROP_QUALITY).data)
        put_file(face.crop.storage, str(face.crop.name), content)
    return len(faces)


def crops_regenerate(images: Sequence[Image]) -> Iterator[Image]:
    """Create the missing crops of the faces in these photos; yields each photo that was checked."""
    missing = crops_missing([image.pk for image in images])
    for image in images:
        if image.pk in missing:
            crops_remake(image=image, faces=missing[image.pk])
        yield image
