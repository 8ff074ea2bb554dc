"""Photos as they came, what was derived from them, and the albums that hold them."""

import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from albums import querysets
from albums.storage import original_name, rendition_name
from albums.validators import validate_plain_text


class Image(models.Model):
    """One original, kept byte for byte, once per owner.

    A file that is refused keeps its row too, with the reason: the person who gave it wants to know, and
    the same file given again has the same answer at once.
    """

    class State(models.TextChoices):
        """How far a file has come."""

        STORED = querysets.STORED, "Waiting to be read"
        READY = querysets.READY, "Ready"
        REFUSED = querysets.REFUSED, "Refused"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="images")
    sha256 = models.CharField(max_length=64, editable=False)
    # Empty only for a file that was refused by its first bytes: such a file is not kept.
    original = models.FileField(upload_to=original_name, max_length=255, blank=True)
    # As the person knows it: relative to the imported folder, with "/"; the bare name of an upload.
    source_path = models.TextField()
    size_bytes = models.PositiveBigIntegerField()
    mime_type = models.CharField(max_length=64, blank=True)
    # Of the upright picture, in pixels, at full size; null until it is read.
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)
    # What the file says of itself and its owner says of it; read with the picture.
    description = models.TextField(blank=True)
    camera = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(
        default=dict, blank=True, help_text="lens, exposure and the like, as text by name"
    )
    latitude = models.FloatField(null=True, blank=True, help_text="degrees, -90..90")
    longitude = models.FloatField(null=True, blank=True, help_text="degrees, -180..180")
    place = models.CharField(max_length=200, blank=True, help_text="the nearest town, for a person to read")
    state = models.CharField(max_length=16, choices=State.choices, default=State.STORED)
    reason = models.CharField(max_length=32, blank=True)
    detail = models.TextField(blank=True)
    # Readings that were begun and have not ended: what is left over when a worker dies with the file.
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(null=True, blank=True, editable=False)
    added_at = models.DateTimeField(auto_now_add=True)
    # In the bin since then; a binned photo is nowhere else to be seen, and comes back whole.
    binned_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = querysets.ImageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = [F("captured_at").desc(nulls_last=True), "-added_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "sha256"], name="image_once_per_owner"),
        ]
        indexes: ClassVar = [
            models.Index(
                F("owner"),
                F("captured_at").desc(nulls_last=True),
                F("added_at").desc(),
                F("id").desc(),
                name="image_newest_first",
            ),
            models.Index(fields=["id"], condition=models.Q(state=querysets.STORED), name="image_unread"),
            models.Index(
                fields=["binned_at"], condition=models.Q(binned_at__isnull=False), name="image_in_the_bin"
            ),
        ]

    def __str__(self) -> str:
        return self.source_path

    @property
    def name(self) -> str:
        """The last part of the path it came from."""
        return self.source_path.rpartition("/")[2]


class Rendition(models.Model):
    """A smaller upright JPEG of an image, made once by a worker."""

    class Kind(models.TextChoices):
        """Renditions by the length of their long side: 512 and 2048 pixels."""

        THUMBNAIL = "thumbnail", "Thumbnail"
        PREVIEW = "preview", "Preview"

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="renditions")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    file = models.FileField(upload_to=rendition_name, max_length=255)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["image", "kind"], name="rendition_once_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of image {self.image_id}"


class Album(models.Model):
    """A named set of photos. They are its owner's, and those that its editors put in."""

    class Sort(models.TextChoices):
        """In which order the photos are shown."""

        NEWEST = "newest", _("Newest first")
        OLDEST = "oldest", _("Oldest first")
        NAME = "name", _("By file name")
        ADDED = "added", _("Last added first")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="albums")
    name = models.CharField(max_length=200, validators=[validate_plain_text])
    images: "models.ManyToManyField[Image, AlbumImage]" = models.ManyToManyField(
        Image, through="AlbumImage", related_name="albums"
    )
    description = models.TextField(blank=True, validators=[validate_plain_text])
    cover = models.ForeignKey(
        Image, on_delete=models.SET_NULL, null=True, blank=True, related_name="cover_of"
    )
    sort = models.CharField(max_length=16, choices=Sort.choices, default=Sort.NEWEST)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.AlbumQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="album_name_once_per_owner"),
        ]

    def __str__(self) -> str:
        return self.name


class AlbumImage(models.Model):
    """That an image is in an album."""

    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="entries")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="entries")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["album", "image"], name="image_once_per_album"),
        ]

    def __str__(self) -> str:
        return f"image {self.image_id} in album {self.album_id}"


class AlbumMember(models.Model):
    """Another account that an album is shared with."""

    class Role(models.TextChoices):
        """What the other may do: look, or also add, remove and describe."""

        VIEWER = "viewer", _("May look")
        EDITOR = "editor", _("May add and remove")

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
    """An address under which anybody who has it sees an album, without an account."""

    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="share_links")
    token = models.CharField(max_length=64, unique=True, default=share_token, editable=False)
    password = models.CharField(max_length=256, blank=True, help_text="hashed; empty: none is asked for")
    expires_at = models.DateTimeField(null=True, blank=True)
    downloads = models.BooleanField(default=True)
    shows_names = models.BooleanField(default=False, help_text="of the people in the photos")
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True, help_text="when it was last opened")

    objects = querysets.ShareLinkQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"share link {self.pk} of album {self.album_id}"

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


class Upload(models.Model):
    """A file that comes in piece by piece: what was received is kept, so that a cut connection goes on.

    The row of a photo is gone when the photo is there. That of a zip stays for some days, with what became
    of each file in it.
    """

    class State(models.TextChoices):
        """How far a file has come; all but the first are those of a zip."""

        COMING = "coming", _("Coming in")
        UNPACKING = "unpacking", _("Being unpacked")
        UNPACKED = "unpacked", _("Unpacked")
        REFUSED = "refused", _("Refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    sha256 = models.CharField(max_length=64, help_text="as the sender computed it; checked at the end")
    name = models.TextField()
    size_bytes = models.PositiveBigIntegerField()
    received_bytes = models.PositiveBigIntegerField(default=0)
    album = models.ForeignKey(Album, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=16, choices=State.choices, default=State.COMING)
    detail = models.TextField(blank=True, help_text="why it was refused")
    file_count = models.PositiveIntegerField(default=0, help_text="files in a zip that may be photos")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True, db_index=True)

    objects = querysets.UploadQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "sha256"], name="upload_once_per_owner"),
        ]

    def __str__(self) -> str:
        return f"upload {self.pk}: {self.received_bytes} of {self.size_bytes} bytes"

    @property
    def complete(self) -> bool:
        """Whether every byte has come in."""
        return self.received_bytes >= self.size_bytes


class UnpackedFile(models.Model):
    """What became of one file in a zip; so an unpacking that was cut off goes on where it stopped."""

    class Status(models.TextChoices):
        """Begun is what has no end yet."""

        BEGUN = "begun", _("Begun")
        ADDED = "added", _("Added")
        ALREADY_THERE = "already_there", _("Already there")
        REFUSED = "refused", _("Refused")

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="files")
    position = models.PositiveIntegerField(help_text="in the zip's list of contents, from 0")
    name = models.TextField(help_text="as it stands in the zip; only ever shown")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.BEGUN)
    reason = models.TextField(blank=True)
    image = models.ForeignKey(Image, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Unpackings that were begun and have not ended, as with an image.
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = querysets.UnpackedFileQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "position"], name="unpacked_once_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.status}"


class Preferences(models.Model):
    """How one account wants its pages."""

    class Theme(models.TextChoices):
        """Light, dark, or as the device has it."""

        SYSTEM = "system", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences"
    )
    language = models.CharField(
        max_length=16, blank=True, choices=settings.LANGUAGES, help_text="empty: what the browser asks for"
    )
    theme = models.CharField(max_length=16, choices=Theme.choices, default=Theme.SYSTEM)

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"preferences of user {self.user_id}"
