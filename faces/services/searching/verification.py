"""Compare faces: each in a picture, which is not stored, or a stored one, or a camera's frame with a base."""

from dataclasses import dataclass
from typing import BinaryIO, TypedDict

import numpy as np
from django.contrib.auth.models import AnonymousUser, User

from faces.conf import FaceSettings
from faces.models import Face, Person
from faces.services.core.owner_pipeline import owner_models
from faces.services.searching.query_face import QueryFace, query_face_in_picture, query_face_stored
from faces.services.searching.verification_base import base_load, base_sign, person_vectors
from faces.services.searching.verifiers import InstalledVerifier, verifier_probability, verifiers
from faces.vectors import Array
from faces.vision.profiles import profile_of

EVEN = 0.5
"""The probability at which neither answer is likelier."""


class _Values(TypedDict):
    distance: float
    probability: float
    threshold: float
    same: bool
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarity:
    """The similarity of two faces.

    distance: cosine distance, 0..2. threshold: the greatest distance of `same`.
    probability: that it is the same person, 0..1, calibrated on as many pairs of one person as of two.
    model: the embedder that was used; a distance means something for this one alone.
    """

    distance: float
    probability: float
    threshold: float
    same: bool
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification(Similarity):
    """The result of a comparison.

    first, second: the two faces: `box` relative (0..1) to its picture, `faces_found` and `selected` for a
        choice of another.
    verifier: the trained verifier that gave the probability; empty if the distance did.
    """

    first: QueryFace
    second: QueryFace
    verifier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameVerification(Similarity):
    """The result for one frame of a camera. face: the largest face of the frame."""

    face: QueryFace


@dataclass(frozen=True, slots=True)
class PictureBase:
    """The face of a picture that frames are compared with.

    face: the selected face. token: its vector, signed for this user; nothing is stored.
    """

    face: QueryFace
    token: str


def verify(
    *,
    user: User | AnonymousUser,
    first: BinaryIO | Face,
    second: BinaryIO | Face,
    first_index: int | None = None,
    second_index: int | None = None,
    verifier: str = "",
) -> Verification:
    """Compare two faces, each in a picture or stored.

    first_index, second_index select one of several faces of a picture; the default is the largest.
    verifier: name of a trained one, which decides in place of the distance. Raises NoSuchVerifier.
    Raises PictureRefused, NoFaceFound, NoSuchFaceIndex and FaceNotReadYet with the number of the picture
    (`which`, 1 or 2), NotThere for a stored face that the user may not see, VisionError when a model cannot
    be used.
    """
    models = owner_models(user.pk)
    one = _query_face(first, first_index, user=user, models=models, which=1)
    other = _query_face(second, second_index, user=user, models=models, which=2)
    values = _similarity(one.vector[None], other.vector, models)
    if verifier:
        decided = verifier_probability(verifier, one.vector, other.vector, embedder=models.embedder)
        values |= {"probability": decided, "same": decided >= EVEN}
    return Verification(first=one, second=other, verifier=verifier, **values)


def base_from_picture(*, user: User, picture: BinaryIO, face_index: int | None = None) -> PictureBase:
    """Return the face of a picture as a base for `frame_verify`. The picture is not stored.

    face_index selects one of several faces; the default is the largest. Raises PictureRefused, NoFaceFound,
    NoSuchFaceIndex; VisionError when a model cannot be used.
    """
    models = owner_models(user.pk)
    face = query_face_in_picture(picture, models=models, face_index=face_index)
    return PictureBase(face, base_sign(user=user, model=models.embedder, vector=face.vector))


def person_ready(person: Person, *, user: User) -> None:
    """Check that frames can be compared with a person. Raises NotThere, PersonNotReadYet."""
    person_vectors(person, user=user, model=owner_models(user.pk).embedder)


def frame_verify(*, user: User, frame: BinaryIO, base: str | Person) -> FrameVerification:
    """Compare the largest face of a camera's frame, which is not stored, with a base.

    base: the token of a `PictureBase`, or a person. The distance to a person is the mean of the distances to
    their best faces.

    Raises BaseExpired for a token that is old, of another model or of another user, PersonNotReadYet,
    PictureRefused, NoFaceFound; NotThere for another user's person; VisionError when a model cannot be used.
    """
    models = owner_models(user.pk)
    vectors = (
        base_load(base, user=user, model=models.embedder)
        if isinstance(base, str)
        else person_vectors(base, user=user, model=models.embedder)
    )
    face = query_face_in_picture(frame, models=models)
    return FrameVerification(face=face, **_similarity(vectors, face.vector, models))


def _similarity(vectors: Array, other: Array, models: FaceSettings) -> _Values:
    """Return the similarity of a face to the mean distance from vectors (n, dimensions)."""
    calibration = profile_of(models.embedder).calibration
    distance = float(np.mean(1 - vectors @ other))
    return {
        "distance": distance,
        "probability": calibration.probability(distance),
        "threshold": calibration.threshold,
        "same": distance <= calibration.threshold,
        "model": models.embedder,
    }


def verifiers_for(user: User | AnonymousUser) -> list[InstalledVerifier]:
    """Return the trained verifiers that can compare faces of this user."""
    if not (found := verifiers()):
        return []
    embedder = owner_models(user.pk).embedder
    return [one for one in found if one.embedder == embedder]


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
