"""The faces and people nearest to a vector, with their rows: the user's own, or those of a gallery."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User

from albums.models import Album
from faces.models import Face, Person
from faces.services.core.vector_search import Near, VectorSearch
from faces.services.searching.exemplar_search import people_nearest
from faces.vectors import Array
from faces.vision.profiles import profile_of

FACES_SEARCHED = 200
"""Nearest faces among which people are looked for first: one person may have very many."""


@dataclass(frozen=True, slots=True)
class NearFace:
    """A face near to a vector: cosine distance (0..2), and how probably (0..1) it is the same person."""

    face: Face
    distance: float
    probability: float


@dataclass(frozen=True, slots=True)
class NearPerson:
    """A person near to a vector, by their nearest face."""

    person: Person
    face: Face
    distance: float
    probability: float


def nearest(
    *,
    user: User | AnonymousUser,
    vector: Array,
    model: str,
    faces: int,
    people: int,
    without: Iterable[int] = (),
    gallery: Album | None = None,
    without_person: int | None = None,
) -> tuple[list[NearFace], list[NearPerson]]:
    """Return the faces and people nearest to a vector of `model`: as many as requested, or all.

    Both come nearest first. without, without_person: faces and a person to leave out. gallery: one that the
    user may see, to search its faces in place of the user's own. Dismissed faces, faces in the bin and hidden
    people never appear. The number of queries does not depend on what is found.
    """
    owner_id, gallery_id = (user.pk, None) if gallery is None else (gallery.owner_id, gallery.pk)
    search = VectorSearch(
        owner_id,
        vector,
        model,
        without=list(without),
        gallery_id=gallery_id,
        without_person=without_person,
    )
    near, of_people = people_and_faces(search, faces=faces, people=people)
    rows = Face.objects.visible_to(user) if gallery is None else Face.objects.in_gallery(gallery.pk)
    found = rows.select_related("image", "person").in_bulk({one.face_id for one in (*near, *of_people)})
    calibration = profile_of(model).calibration
    return (
        [
            NearFace(found[one.face_id], one.distance, calibration.probability(one.distance))
            for one in near
            if one.face_id in found
        ],
        [
            NearPerson(face.person, face, one.distance, calibration.probability(one.distance))
            for one in of_people
            if (face := found.get(one.face_id)) and face.person
        ],
    )


def people_and_faces(search: VectorSearch, *, faces: int, people: int) -> tuple[list[Near], list[Near]]:
    """Return the nearest faces, and the nearest face of each of the nearest people."""
    by_exemplars = people_nearest(search, people) if people else []
    if by_exemplars is not None:
        return search.nearest(faces) if faces else [], by_exemplars
    near, of_people, complete = search.widened(max(faces, FACES_SEARCHED), wanted=people, pick=_first_of_each)
    if len(of_people) < people and not complete:  # all the nearest faces belong to few people
        of_people = search.first_of_people(people)
    return near[:faces], of_people[:people]


def _first_of_each(near: Iterable[Near]) -> list[Near]:
    """Return the nearest face of each person who is not hidden, in the same order."""
    first: dict[int, Near] = {}
    for one in near:
        if one.person_id is not None and not one.hidden:
            first.setdefault(one.person_id, one)
    return list(first.values())
