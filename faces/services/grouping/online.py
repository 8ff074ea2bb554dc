"""Assign a new face to a person at once if the match is clear; a full run decides later in any case.

A face is assigned when it is near enough to one person and clearly nearer than to anybody else. Otherwise it
stays unassigned until the next run or an answer in the review queue. Decisions of the owner take precedence:
a person is not assigned twice in one photo, nor to a face that was rejected for them.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faces.models import Face, FaceScan, Verdict
from faces.services.core.bulk_assign import faces_move
from faces.services.core.vector_search import Near, VectorSearch
from faces.vision.profiles import PlacementLimits, profile_of

NEIGHBOURS = 12
"""Assigned faces nearest to the new one that have a vote."""

VOTES = 3
"""The distance of a person is the mean of this many of their nearest faces."""


def faces_assign_online(
    *, faces: Sequence[Face], vectors: Sequence[NDArray[np.float32]], embedder: str
) -> None:
    """Assign new faces of one photo to the people they clearly match, and set their `person_id`.

    Call it under the owner's lock (`history.changes_lock`). vectors: one a face, (dimensions,) float32, of
    length 1, of the model `embedder`. Only good unassigned faces are assigned, the nearest first.
    """
    limits = profile_of(embedder).placement
    unassigned = [
        (face, vector)
        for face, vector in zip(faces, vectors, strict=True)
        if face.person_id is None and not face.poor_reason and not face.dismissed
    ]
    if not unassigned:
        return
    image = unassigned[0][0].image
    here = dict(Face.objects.filter(image=image).values_list("pk", "person_id"))
    found = []
    for face, vector in unassigned:
        search = VectorSearch(image.owner_id, vector, embedder, without=here)
        _near, assigned, _complete = search.widened(
            4 * NEIGHBOURS, wanted=NEIGHBOURS, pick=_assigned, farthest=limits.nearest + limits.margin
        )
        if match := _clear_match(assigned[:NEIGHBOURS], limits):
            found.append((*match, face))
    if not found:
        return
    people = set(here.values())
    repeats = FaceScan.objects.filter(image=image, person_repeats=True).exists()
    refusals = Verdict.objects.filter(face__in=here, kind=Verdict.Kind.IS_NOT)
    refused = set(refusals.values_list("face_id", "person_id"))
    places: dict[int, int | None] = {}
    for _distance, person_id, face in sorted(found, key=lambda match: (match[0], match[2].pk)):
        if (person_id not in people or repeats) and (face.pk, person_id) not in refused:
            face.person_id = places[face.pk] = person_id
            people.add(person_id)
    faces_move(places)


def _assigned(near: list[Near]) -> list[Near]:
    return [one for one in near if one.person_id is not None]


def _clear_match(near: Sequence[Near], limits: PlacementLimits) -> tuple[float, int] | None:
    """Return the mean distance and the id of the one person that a face matches, if there is one."""
    distances: dict[int, list[float]] = defaultdict(list)
    for one in near:
        if one.person_id is not None:
            distances[one.person_id].append(one.distance)
    if not distances:
        return None
    means = [(sum(votes[:VOTES]) / len(votes[:VOTES]), person) for person, votes in distances.items()]
    distance, best = min(means)
    rival = min((votes[0] for person, votes in distances.items() if person != best), default=np.inf)
    clear = distance <= limits.nearest and rival - distance >= limits.margin
    return (distance, best) if clear else None
