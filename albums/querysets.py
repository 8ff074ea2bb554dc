"""Questions about photos and albums. Every question that a person asks starts at `visible_to`."""

from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from albums.models import Album, Image  # noqa: F401 - named in the base classes

# The stored values of Image.State, which the model names for people.
STORED, READY, REFUSED = "stored", "ready", "refused"


class ImageQuerySet(models.QuerySet["Image", "Image"]):
    """Photos."""

    def visible_to(self, user: "User | AnonymousUser") -> "ImageQuerySet":
        """Photos that `user` may see: their own; nothing for a visitor who is not signed in."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(owner_id=user.pk)

    def ready(self) -> "ImageQuerySet":
        """Photos that were read and have their renditions."""
        return self.filter(state=READY)

    def refused(self) -> "ImageQuerySet":
        """Files that did not become a photo; each has a reason."""
        return self.filter(state=REFUSED)

    def unread(self) -> "ImageQuerySet":
        """Photos whose file is stored but not yet read."""
        return self.filter(state=STORED)

    def prefetch_renditions(self, *kinds: str) -> "ImageQuerySet":
        """With their renditions (of these kinds, or all) in one more query, not one a photo."""
        renditions = apps.get_model("albums", "Rendition").objects.all()
        if kinds:
            renditions = renditions.filter(kind__in=kinds)
        return self.prefetch_related(models.Prefetch("renditions", queryset=renditions))


class AlbumQuerySet(models.QuerySet["Album", "Album"]):
    """Albums."""

    def visible_to(self, user: "User | AnonymousUser") -> "AlbumQuerySet":
        """Albums that `user` may see: their own; nothing for a visitor who is not signed in."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(owner_id=user.pk)

    def with_counts(self) -> "AlbumQuerySet":
        """Annotates `photo_count`: the ready photos in each album."""
        return self.annotate(
            photo_count=models.Count("images", filter=models.Q(images__state=READY), distinct=True)
        )
