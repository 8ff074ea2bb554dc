"""The face of a search or comparison: in a picture, which is not stored, or a stored one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from django.contrib.auth.models import AnonymousUser, User
from numpy.typing import NDArray

from albums.exceptions import ImageRefused
from albums.services.core.isolation import isolated
from albums.services.core.limits import image_limits
from faces.conf import FaceSettings
from faces.exceptions import FaceNotReadYet, NoFaceFound, NoSuchFaceIndex, NotThere, PictureRefused
from faces.models import Face, FaceEmbedding
from faces.picture_faces import faces_in_file
from faces.vision.types import Box


@dataclass(frozen=True, slots=True)
class QueryFace:
    """A face to search with or to compare.

    faces_found: the faces in the picture, relative (0..1) to it, best first; of a stored face itself alone.
    selected: the index of the face that is used. face: the stored face, if it is one.
    vector: (dimensions,) float32 of length 1.
    """

    faces_found: list[Box]
    selected: int
    vector: NDArray[np.float32]
    face: Face | None = None

    @property
    def box(self) -> Box:
        """Return the box of the face, relative (0..1) to its picture."""
        return self.faces_found[self.selected]


def query_face_in_picture(
    picture: BinaryIO, *, models: FaceSettings, face_index: int | None = None, which: int = 0
) -> QueryFace:
    """Return the query face of a picture: the largest, unless face_index selects another.

    which: the number of the picture in errors. Raises PictureRefused, NoFaceFound, NoSuchFaceIndex;
    VisionError if a model cannot be used; PicturesBusy.
    """
    try:
        found = isolated(faces_in_file, files=[picture], models=models, limits=image_limits())
    except ImageRefused as refusal:
        raise PictureRefused(refusal, which=which) from refusal
    if not found:
        raise NoFaceFound(which=which)
    boxes = [face.box for face in found]
    if face_index is not None and not 0 <= face_index < len(found):
        raise NoSuchFaceIndex(index=face_index, count=len(found), which=which)
    selected = largest(boxes) if face_index is None else face_index
    return QueryFace(boxes, selected, found[selected].vector)


def query_face_stored(
    face: Face, *, user: User | AnonymousUser, models: FaceSettings, which: int = 0
) -> QueryFace:
    """Return a stored face of the user as a query.

    Raises NotThere for another account's or a deleted face, FaceNotReadYet if it has no vector of the model.
    """
    visible = Face.objects.visible_to(user).select_related("image", "person").filter(pk=face.pk).first()
    if visible is None:
        raise NotThere
    embedding = FaceEmbedding.objects.filter(face=visible, model=models.embedder).first()
    if embedding is None:
        raise FaceNotReadYet(which=which)
    box = Box(visible.x, visible.y, visible.w, visible.h)
    return QueryFace([box], 0, embedding.vector, visible)


def largest(boxes: Sequence[Box]) -> int:
    """Return the index of the box with the largest area."""
    return max(range(len(boxes)), key=lambda index: boxes[index].area)
