"""Changes of photos by their owner: dates, places, descriptions, tags, turns, and where they are."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext

from albums import querysets
from albums.models.albums import Album
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
        # More of these than are changed at once: few are undone without a row here.
        FAVOURITE = "favourite", gettext_lazy("Added to favourites")
        NOT_FAVOURITE = "not-favourite", gettext_lazy("Removed from favourites")
        ARCHIVE = "archive", gettext_lazy("Archived")
        UNARCHIVE = "unarchive", gettext_lazy("Moved back to the timeline")
        BIN = "bin", gettext_lazy("Moved to the bin")
        ALBUM_ADD = "album-add", gettext_lazy("Added to an album")
        ALBUM_REMOVE = "album-remove", gettext_lazy("Removed from an album")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="photo_changes"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    photos = models.PositiveIntegerField(default=0, help_text="the number of changed photos")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    album = models.ForeignKey(
        Album,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="that photos were added to or removed from",
    )
    album_created = models.BooleanField(
        default=False, db_default=False, help_text="the album was created for these photos"
    )

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
            self.Kind.FAVOURITE: ngettext(
                "%(count)s photo added to favourites", "%(count)s photos added to favourites", self.photos
            ),
            self.Kind.NOT_FAVOURITE: ngettext(
                "%(count)s photo removed from favourites",
                "%(count)s photos removed from favourites",
                self.photos,
            ),
            self.Kind.ARCHIVE: ngettext("%(count)s photo archived", "%(count)s photos archived", self.photos),
            self.Kind.UNARCHIVE: ngettext(
                "%(count)s photo moved back to the timeline",
                "%(count)s photos moved back to the timeline",
                self.photos,
            ),
            self.Kind.BIN: ngettext(
                "%(count)s photo moved to the bin", "%(count)s photos moved to the bin", self.photos
            ),
            self.Kind.ALBUM_ADD: ngettext(
                "%(count)s photo added to “%(album)s”", "%(count)s photos added to “%(album)s”", self.photos
            ),
            self.Kind.ALBUM_REMOVE: ngettext(
                "%(count)s photo removed from “%(name)s”",
                "%(count)s photos removed from “%(name)s”",
                self.photos,
            ),
        }
        name = self.album.name if self.album else gettext("deleted album")
        return with_numbers(sentences[self.Kind(self.kind)], count=self.photos, album=name, name=name)


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
