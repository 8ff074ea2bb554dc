"""The people of a test, and grouping them."""

from django.contrib.auth.models import User

from faces.models import ClusteringRun, Face
from faces.services.grouping.run import owner_recluster


def people() -> dict[int, set[int]]:
    """Person id -> ids of their faces."""
    found: dict[int, set[int]] = {}
    for face_id, person_id in Face.objects.filter(person__isnull=False).values_list("pk", "person_id"):
        found.setdefault(person_id or 0, set()).add(face_id)
    return found


def ids(*faces: Face) -> set[int]:
    return {face.pk for face in faces}


def regroup(owner: User) -> ClusteringRun:
    run = owner_recluster(owner)
    assert run is not None
    return run
