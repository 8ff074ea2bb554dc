"""Files that were refused, read once more: the reason may be gone."""

from collections.abc import Collection

from django.contrib.auth.models import User

from albums.models import Image
from albums.querysets import ImageQuerySet


def images_refused(owner: User) -> ImageQuerySet:
    """Refused files of this owner that are kept and can be read again, newest first."""
    return Image.objects.owned_by(owner).refused().exclude(original="").order_by("-added_at", "-pk")


def images_retry(*, owner: User, image_ids: Collection[int] | None = None) -> list[int]:
    """Let refused files be read again, all that are kept or some of them; returns their ids.

    The caller asks the workers.
    """
    refused = images_refused(owner)
    if image_ids is not None:
        refused = refused.filter(pk__in=image_ids)
    ids = list(refused.values_list("pk", flat=True))
    Image.objects.filter(pk__in=ids, state=Image.State.REFUSED).update(
        state=Image.State.STORED, reason="", reason_values={}, detail="", attempts=0, queued_at=None
    )
    return ids
