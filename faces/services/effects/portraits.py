"""Faces to make effects of: stored ones, and those in uploaded pictures, with their landmarks."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np

from albums import imaging
from albums.exceptions import ImageRefused, JobFailed
from albums.services.core.limits import image_limits
from faces.exceptions import EffectCode
from faces.models import Face
from faces.runtime import get_face_mesh, get_pipeline
from faces.services.core.owner_pipeline import owner_models
from faces.services.core.pixels import PhotoUnreadable, photo_pixels
from faces.vision.effects.mesh import LEAST_SCORE, OVAL, Mesh
from faces.vision.errors import VisionError
from faces.vision.types import Box, Detection, Pixels

UPLOAD_SIDE = 2048
"""Pixels of an uploaded picture's long side: the largest portrait has 1024."""
MOST_YAW = 32.0
"""Degrees of a turned head above which its far cheek cannot be seen, and a morph tears it."""

CUT = 2.0
"""Half the side of the part of a picture that is held, in lengths of the face's oval: as much as the widest
portrait shows if it is turned by 45 degrees."""


@dataclass(frozen=True, slots=True)
class MeshedFace:
    """A face with the picture that it is in (RGB) and its landmarks in pixels of that picture."""

    picture: Pixels
    mesh: Mesh


def face_meshed(face: Face, *, which: int) -> MeshedFace:
    """Return a stored face with its landmarks. which: its number in the job, for errors.

    Raises JobFailed when its photo cannot be read, when the landmarks find no face, or when it looks away.
    """
    try:
        picture = photo_pixels(face.image)
    except PhotoUnreadable as error:
        raise JobFailed(EffectCode.UNREADABLE, {"which": which}, detail=error.detail) from error
    height, width = picture.shape[:2]
    landmarks = np.array(face.landmarks, dtype=np.float32).reshape(5, 2) * (width, height)
    box = Box(face.x, face.y, face.w, face.h).scaled(width, height)
    return _meshed(picture, Detection(box, landmarks.astype(np.float32), face.score), which=which)


def upload_meshed(content: bytes, *, owner_id: int, which: int) -> MeshedFace:
    """Return the largest face of an uploaded picture with its landmarks.

    Raises JobFailed when it cannot be read, has no face, or the face looks away.
    """
    try:
        picture = imaging.decode(BytesIO(content), max_side=UPLOAD_SIDE, limits=image_limits())
    except ImageRefused as refusal:
        raise JobFailed(EffectCode.UNREADABLE, {"which": which}, detail=str(refusal)) from refusal
    try:
        found = get_pipeline(owner_models(owner_id)).detector.detect(picture)
    except VisionError as error:
        raise JobFailed(EffectCode.NO_MODEL, detail=str(error)) from error
    if not found:
        raise JobFailed(EffectCode.NO_FACE, {"which": which})
    return _meshed(picture, max(found, key=lambda one: one.box.area), which=which)


def _meshed(picture: Pixels, detection: Detection, *, which: int) -> MeshedFace:
    try:
        mesh = get_face_mesh().find(picture, detection)
    except VisionError as error:
        raise JobFailed(EffectCode.NO_MODEL, detail=str(error)) from error
    if mesh.score < LEAST_SCORE:
        raise JobFailed(EffectCode.NO_FACE, {"which": which})
    if abs(mesh.yaw) > MOST_YAW:
        raise JobFailed(EffectCode.TURNED_AWAY, {"which": which})
    return _cut(MeshedFace(picture, mesh))


def _cut(face: MeshedFace) -> MeshedFace:
    """Return the part of the picture that a portrait can show: a job holds many of them."""
    oval = face.mesh.flat[list(OVAL)]
    reach = CUT * float(np.ptp(oval, axis=0).max())
    low = np.maximum(np.floor(oval.mean(axis=0) - reach), 0).astype(int)
    high = np.ceil(oval.mean(axis=0) + reach).astype(int)
    part = face.picture[low[1] : max(high[1], 0), low[0] : max(high[0], 0)]
    if not part.size:
        return face
    points = face.mesh.points - (*low, 0)
    return MeshedFace(part.copy(), Mesh(points, face.mesh.score))
