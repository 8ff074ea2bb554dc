"""Results of the studio that show or describe faces: erased with the faces that they were made of."""

from collections.abc import Collection

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from albums.models import Job
from faces.services.effects.growing_up import GROWING_UP
from faces.services.effects.morph import MORPH
from faces.services.explaining.job import DETECTORS_KIND, PHOTO

KINDS = (MORPH.name, GROWING_UP.name, DETECTORS_KIND.name)


def face_jobs_of(owner: User) -> QuerySet[Job]:
    """Return all jobs of an account whose results show or describe faces."""
    return Job.objects.filter(owner=owner, kind__in=KINDS)


def face_jobs_with(*, person_id: int, face_ids: Collection[int], image_ids: Collection[int]) -> QuerySet[Job]:
    """Return the jobs, of any account, that were made of a person, these faces or these photos."""
    faces = list(face_ids)
    return Job.objects.filter(
        Q(kind=MORPH.name) & (Q(inputs__first__in=faces) | Q(inputs__second__in=faces))
        | Q(kind=GROWING_UP.name, inputs__person=person_id)
        | Q(kind=DETECTORS_KIND.name, **{f"inputs__{PHOTO}__in": list(image_ids)})
    )
