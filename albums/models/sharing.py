"""Sharing of albums."""

import secrets
from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from albums import querysets
from albums.models.albums import Album


class AlbumMember(models.Model):
    """Another account that an album is shared with."""

    class Role(models.TextChoices):
        """The rights of a member: to view, or also to add and remove photos."""

        VIEWER = "viewer", _("Can view")
        EDITOR = "editor", _("Can add and remove")

    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="album_memberships"
    )
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.VIEWER)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["album", "user"], name="member_once_per_album"),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} as {self.role} of album {self.album_id}"


def share_token() -> str:
    """A new secret for the address of a share link: 192 random bits."""
    return secrets.token_urlsafe(24)


class ShareLink(models.Model):
    """A link that shows an album to anyone who has it, without an account."""

    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="share_links")
    token = models.CharField(max_length=64, unique=True, default=share_token, editable=False)
    password = models.CharField(max_length=256, blank=True, help_text="hashed; empty: none is asked for")
    expires_at = models.DateTimeField(null=True, blank=True)
    downloads = models.BooleanField(default=True)
    keeps_location = models.BooleanField(
        default=False, help_text="downloads keep position, serial numbers and texts of the file"
    )
    shows_names = models.BooleanField(default=False, help_text="of the people in the photos")
    lookalike = models.BooleanField(
        default=False, help_text="visitors may compare a face with those of a look-alike gallery"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True, help_text="when it was last opened")

    objects = querysets.ShareLinkQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"share link {self.pk} of album {self.album_id}"

    @property
    def last_day(self) -> date | None:
        """The last day on which the link works, to its end or to a time within it."""
        if self.expires_at is None:
            return None
        return (timezone.localtime(self.expires_at) - timedelta(microseconds=1)).date()

    @property
    def expired(self) -> bool:
        """True after the expiry date."""
        return self.expires_at is not None and self.expires_at <= timezone.now()
