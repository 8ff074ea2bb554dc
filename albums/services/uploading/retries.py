"""Read refused files again: the reason may have been temporary."""

from collections.abc import Collection

from django.contrib.auth.models import User

from albums.models import Image
from albums.querysets import ImageQuerySet


def images_refused(owner: User) -> ImageQuerySet:
    """Return the refused files of this owner whose original is stored, newest first."""
    return Image.objects.owned_by(owner).refused().exclude(original="").order_by("-added_at", "-pk")


def images_retry(*, owner: User, image_ids: Collection[int] | None = None) -> list[int]:
    """Mark refused files as unread: all, or those with these ids. Returns the ids to enqueue."""
    refused = images_refused(owner)
    if image_ids is not None:
        refused = refused.filter(pk__in=image_ids)
    ids = list(refused.values_list("pk", flat=True))
    Image.objects.refused().filter(pk__in=ids).mark_unread()
    return ids
