"""Faces of the newest photos, as shortcuts of a search."""

from django.contrib.auth.models import User

from albums.models import Image
from albums.ordering import NEWEST_FIRST, in_order
from albums.querysets import among
from faces.models import Face
from faces.services.core.owner_pipeline import owner_models

PHOTOS_READ = 120
"""Newest photos whose faces are considered, so that the costs do not grow with the library."""


def recent_faces(user: User, *, count: int) -> list[Face]:
    """Return faces of the user's newest photos, at most one of each person, that can be searched with.

    An unassigned face counts as a person of its own. Faces of hidden people are left out.
    """
    newest = in_order(Image.objects.owned_by(user).in_timeline(), NEWEST_FIRST).values_list("pk", flat=True)
    order = {pk: place for place, pk in enumerate(newest[:PHOTOS_READ])}
    faces = (
        Face.objects.visible_to(user)
        .present()
        .with_crop()
        .filter(among("image_id", order.keys()), embeddings__model=owner_models(user.pk).embedder)
        .exclude(person__hidden=True)
        .select_related("image", "person")
        .best_first()
    )
    found: dict[str, Face] = {}
    for face in sorted(faces, key=lambda face: order[face.image_id]):
        found.setdefault(f"person {face.person_id}" if face.person_id else f"face {face.pk}", face)
        if len(found) == count:
            break
    return list(found.values())
