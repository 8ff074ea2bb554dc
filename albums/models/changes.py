"""Changes of photos by their owner: dates, places, descriptions, tags, turns."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from albums import querysets
from albums.models.images import Image
from albums.number_formats import with_numbers


class PhotoChange(models.Model):
    """A change of one or many photos by their owner, which can be undone."""

    class Kind(models.TextChoices):
        """Kinds of changes."""

        DATE = "date", gettext_lazy("Date")
        PLACE = "place", gettext_lazy("Place")
        DESCRIPTION = "description", gettext_lazy("Description")
        TAGS = "tags", gettext_lazy("Tags")
        TURN = "turn", gettext_lazy("Turned")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="photo_changes"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    photos = models.PositiveIntegerField(default=0, help_text="the number of changed photos")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.PhotoChangeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["owner", "-id"], name="photo_change_by_owner")]

    def __str__(self) -> str:
        return f"change {self.pk} of photos of owner {self.owner_id}: {self.kind}"

    @property
    def summary(self) -> str:
        """The change in a sentence, in the current language."""
        sentences = {
            self.Kind.DATE: ngettext(
                "Date of %(count)s photo changed", "Date of %(count)s photos changed", self.photos
            ),
            self.Kind.PLACE: ngettext(
                "Place of %(count)s photo changed", "Place of %(count)s photos changed", self.photos
            ),
            self.Kind.DESCRIPTION: ngettext(
                "Description of %(count)s photo changed",
                "Description of %(count)s photos changed",
                self.photos,
            ),
            self.Kind.TAGS: ngettext(
                "Tags of %(count)s photo changed", "Tags of %(count)s photos changed", self.photos
            ),
            self.Kind.TURN: ngettext("%(count)s photo turned", "%(count)s photos turned", self.photos),
        }
        return with_numbers(sentences[self.Kind(self.kind)], count=self.photos)


class ChangedPhoto(models.Model):
    """A photo of a change, with the owner's value before and after; null: that of the file.

    It ends with the photo, so that nothing of an erased photo stays.
    """

    change = models.ForeignKey(PhotoChange, on_delete=models.CASCADE, related_name="entries")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="changes")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["change", "image"], name="photo_once_per_change"),
        ]

    def __str__(self) -> str:
        return f"image {self.image_id} in change {self.change_id}"
