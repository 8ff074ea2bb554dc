"""Scores of the faces in photos, by which the best of similar photos is found."""

from collections.abc import Collection

from django.db.models import Sum

from albums.querysets import among
from faces.models import Face


def face_scores(owner_id: int, image_ids: Collection[int]) -> dict[int, float]:
    """Return the sum of the qualities of the faces in each of these images of the owner."""
    faces = Face.objects.present().filter(among("image_id", image_ids), image__owner_id=owner_id)
    sums = faces.order_by().values("image_id").annotate(total=Sum("quality"))
    return dict(sums.values_list("image_id", "total"))
