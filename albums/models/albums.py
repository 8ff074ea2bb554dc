"""Named sets of photos."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from albums import querysets
from albums.models.fields import NameField
from albums.models.images import Image
from albums.validators import validate_plain_lines, validate_plain_text


class Album(models.Model):
    """A named set of photos of its owner and its editors."""

    class Sort(models.TextChoices):
        """The order of the photos."""

        NEWEST = "newest", _("Newest first")
        OLDEST = "oldest", _("Oldest first")
        NAME = "name", _("File name")
        ADDED = "added", _("Recently added first")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="albums")
    name = NameField(max_length=200, validators=[validate_plain_text])
    images: "models.ManyToManyField[Image, AlbumImage]" = models.ManyToManyField(
        Image, through="AlbumImage", related_name="albums"
    )
    description = models.TextField(blank=True, validators=[validate_plain_lines])
    cover = models.ForeignKey(
        Image, on_delete=models.SET_NULL, null=True, blank=True, related_name="cover_of"
    )
    sort = models.CharField(max_length=16, choices=Sort.choices, default=Sort.NEWEST)
    gallery = models.BooleanField(
        default=False, help_text="a look-alike gallery: its members may compare faces with its named people"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.AlbumQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="album_name_once_per_owner"),
        ]

    def __str__(self) -> str:
        # Without the name, since it is shown in logs and in the administration.
        return f"album {self.pk}"


class AlbumImage(models.Model):
    """An image in an album."""

    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="entries")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="entries")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["album", "image"], name="image_once_per_album"),
        ]

    def __str__(self) -> str:
        return f"image {self.image_id} in album {self.album_id}"
