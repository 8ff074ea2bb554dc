"""Boxes, landmarks and pictures of faces follow their photo when its owner turns it.

`Face.turns` says which turns of the photo the box of a face belongs to. Whoever computes boxes from pixels
compares the turns of the photo before and after, under the lock of the owner's people.
"""

import logging
from collections.abc import Sequence
from functools import partial

import numpy as np
from django.db import transaction

from albums.exceptions import ImageRefused
from albums.models import Image
from albums.services.core.isolation import isolated
from albums.services.core.limits import image_limits
from albums.services.core.originals import original_file
from faces.models import Face, FaceAttributes
from faces.picture_faces import portraits_in_file
from faces.services.core.pixels import CROP_QUALITY, crop_store
from faces.vision.boxes.turned import box_turned_back, points_turned_back
from faces.vision.pipeline import PORTRAIT_SIDE
from faces.vision.types import Box

logger = logging.getLogger(__name__)


def box_turned(box: Box, turns: int) -> Box:
    """Return a relative box in the frame of the same photo, turned clockwise by quarter turns."""
    return box_turned_back(box, turns)


def faces_turn_along(*, image: Image, faces: Sequence[Face], strict: bool) -> None:
    """Turn faces to the present turns of their photo, with their landmarks and pictures.

    strict: raise ImageRefused if the photo cannot be decoded; otherwise the pictures stay as they lie. Raises
    PicturesBusy, OSError when the storage fails.
    """
    turned = [face for face in faces if face.turns != image.turns]
    for face in turned:
        _turn(face, (image.turns - face.turns) % 4)
        face.turns = image.turns
    _crops_renew(image, [face for face in turned if face.crop], strict=strict)
    Face.objects.bulk_update(turned, ["x", "y", "w", "h", "landmarks", "turns", "crop"])


def _turn(face: Face, turns: int) -> None:
    box = box_turned(Box(face.x, face.y, face.w, face.h), turns)
    face.x, face.y, face.w, face.h = box.x, box.y, box.w, box.h
    points = np.asarray(face.landmarks, dtype=np.float64).reshape(-1, 2)
    face.landmarks = [float(value) for value in points_turned_back(points, turns).ravel()]


def _crops_renew(image: Image, faces: Sequence[Face], *, strict: bool) -> None:
    """Cut the pictures of faces out anew; the former ones are deleted on commit."""
    if not faces:
        return
    boxes = [Box(face.x, face.y, face.w, face.h) for face in faces]
    try:
        with original_file(image) as original:
            jpegs = isolated(
                portraits_in_file,
                boxes,
                files=[original],
                turns=image.turns,
                side=PORTRAIT_SIDE,
                quality=CROP_QUALITY,
                limits=image_limits(),
            )
    except ImageRefused as refusal:
        if strict:
            raise
        logger.warning("The faces of image %s keep their pictures: %s", image.pk, refusal.code)
        return
    for face, jpeg in zip(faces, jpegs, strict=True):
        former, face.crop = str(face.crop.name), crop_store(owner_id=image.owner_id, jpeg=jpeg.data)
        transaction.on_commit(partial(face.crop.storage.delete, former), robust=True)
        # An estimate belongs to a picture; this one shows the same.
        FaceAttributes.objects.filter(face=face, crop=former).update(crop=str(face.crop.name))
