"""Compare two faces, each in a picture, which is not stored, or a stored one."""

from dataclasses import dataclass
from typing import BinaryIO

from django.contrib.auth.models import AnonymousUser, User

from faces.conf import FaceSettings
from faces.models import Face
from faces.services.core.owner_pipeline import owner_models
from faces.services.searching.query_face import QueryFace, query_face_in_picture, query_face_stored
from faces.vision.profiles import profile_of


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of a comparison.

    first, second: the two faces: `box` relative (0..1) to its picture, `faces_found` and `selected` for a
        choice of another.
    distance: cosine distance, 0..2. threshold: the greatest distance of `same`.
    probability: that it is the same person, 0..1, calibrated on as many pairs of one person as of two.
    model: the embedder that was used; a distance means something for this one alone.
    """

    first: QueryFace
    second: QueryFace
    distance: float
    probability: float
    threshold: float
    same: bool
    model: str


def verify(
    *,
    user: User | AnonymousUser,
    first: BinaryIO | Face,
    second: BinaryIO | Face,
    first_index: int | None = None,
    second_index: int | None = None,
) -> Verification:
    """Compare two faces, each in a picture or stored.

    first_index, second_index select one of several faces of a picture; the default is the largest.
    Raises PictureRefused, NoFaceFound, NoSuchFaceIndex and FaceNotReadYet with the number of the picture
    (`which`, 1 or 2), NotThere for a stored face that the user may not see, VisionError when a model cannot
    be used.
    """
    models = owner_models(user.pk)
    one = _query_face(first, first_index, user=user, models=models, which=1)
    other = _query_face(second, second_index, user=user, models=models, which=2)
    calibration = profile_of(models.embedder).calibration
    distance = 1 - float(one.vector @ other.vector)
    return Verification(
        first=one,
        second=other,
        distance=distance,
        probability=calibration.probability(distance),
        threshold=calibration.threshold,
        same=distance <= calibration.threshold,
        model=models.embedder,
    )


def _query_face(
    source: BinaryIO | Face,
    index: int | None,
    *,
    user: User | AnonymousUser,
    models: FaceSettings,
    which: int,
) -> QueryFace:
    if isinstance(source, Face):
        return query_face_stored(source, user=user, models=models, which=which)
    return query_face_in_picture(source, models=models, face_index=index, which=which)
