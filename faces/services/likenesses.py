"""Who a face may be: the people with a name whom it looks like most."""

from __future__ import annotations

from django.contrib.auth.models import User

from faces.exceptions import FaceNotReadYet
from faces.models import Face, FaceScan, Verdict
from faces.services.nearest import NearPerson
from faces.services.search import lookalikes_of_face

OFFERED = 3
LOOKED_AT = 12
LEAST_PROBABILITY = 0.1
"""Below it a name is most likely somebody else's: offering it would only put words into a mouth."""


def people_like(face: Face, *, user: User) -> list[NearPerson]:
    """The likeliest people with a name, best first; nobody of whom it was said that they are not it.

    Nor anybody who is in the photo already, unless the owner said that somebody may be in it twice. Empty for
    a face that has no vector yet.
    """
    try:
        found = lookalikes_of_face(user=user, face=face, people=LOOKED_AT, faces=0).people
    except FaceNotReadYet:
        return []
    refused = Verdict.objects.filter(face=face, kind=Verdict.Kind.IS_NOT)
    not_them = set(refused.values_list("person_id", flat=True))
    if not FaceScan.objects.filter(image_id=face.image_id, person_repeats=True).exists():
        here = Face.objects.present().filter(image_id=face.image_id, person__isnull=False)
        not_them |= set(here.values_list("person_id", flat=True))
    if face.person_id is not None:
        not_them.add(face.person_id)
    near = [
        one
        for one in found
        if one.person.name and one.person.pk not in not_them and one.probability >= LEAST_PROBABILITY
    ]
    return near[:OFFERED]
