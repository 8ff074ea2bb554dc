"""Find the people and faces most similar to one in a picture, which is not stored, or to a stored face."""

from dataclasses import dataclass
from typing import BinaryIO

from django.contrib.auth.models import AnonymousUser, User

from albums.models import Album
from faces.models import Face
from faces.services.core.owner_pipeline import owner_models
from faces.services.searching.nearest import NearFace, NearPerson, nearest
from faces.services.searching.query_face import QueryFace, query_face_in_picture, query_face_stored
from faces.vision.types import Box

FACES_WANTED = 24
PEOPLE_WANTED = 12


@dataclass(frozen=True, slots=True)
class LookalikeResult:
    """The result of a search.

    faces_found: the faces in the picture that was searched with, relative (0..1) to it, best first.
    selected: the index of the searched face.
    people, faces: nearest first, each with its cosine distance (0..2) and the probability (0..1) that it is
        the same person.
    """

    faces_found: list[Box]
    selected: int
    people: list[NearPerson]
    faces: list[NearFace]


def lookalikes(
    *,
    user: User | AnonymousUser,
    picture: BinaryIO,
    face_index: int | None = None,
    people: int = PEOPLE_WANTED,
    faces: int = FACES_WANTED,
    gallery: Album | None = None,
) -> LookalikeResult:
    """Search the user's own faces for those similar to a face in `picture`, which is not stored.

    face_index chooses among several faces; without it the largest is used. people, faces: how many are
    wanted. gallery: one that the user may see, to search its faces in place of the user's own. Raises
    PictureRefused, NoFaceFound, NoSuchFaceIndex; VisionError when a model cannot be used.
    """
    models = owner_models(user.pk if gallery is None else gallery.owner_id)
    query = query_face_in_picture(picture, models=models, face_index=face_index)
    return _search(query, user=user, model=models.embedder, people=people, faces=faces, gallery=gallery)


def lookalikes_of_face(
    *,
    user: User | AnonymousUser,
    face: Face,
    people: int = PEOPLE_WANTED,
    faces: int = FACES_WANTED,
    gallery: Album | None = None,
) -> LookalikeResult:
    """Search with a stored face of the user, which is excluded from the result.

    gallery: as of `lookalikes`. Raises NotThere for a face that the user may not see, FaceNotReadYet.
    """
    models = owner_models(user.pk if gallery is None else gallery.owner_id)
    query = query_face_stored(face, user=user, models=models)
    return _search(query, user=user, model=models.embedder, people=people, faces=faces, gallery=gallery)


def _search(
    query: QueryFace,
    *,
    user: User | AnonymousUser,
    model: str,
    people: int,
    faces: int,
    gallery: Album | None,
) -> LookalikeResult:
    near, found = nearest(
        user=user,
        vector=query.vector,
        model=model,
        faces=faces,
        people=people,
        without=[query.face.pk] if query.face else [],
        gallery=gallery,
        # The best likeness of a person in the gallery would be that person.
        without_person=query.face.person_id if query.face and gallery else None,
    )
    return LookalikeResult(query.faces_found, query.selected, people=found, faces=near)
