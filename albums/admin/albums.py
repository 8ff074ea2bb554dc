"""Albums in the administration: how much is in them and who else sees them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from albums.admin.actions import Action, ActionsAdmin
from albums.admin.base import NOT_SHOWN, OwnerFilter, column, counted
from albums.models import Album, AlbumImage, AlbumMember, ShareLink
from albums.services.arranging.share_links import share_link_revoke


def _withdraw(_request: HttpRequest, album: Album, _given: Any) -> str:
    links = list(ShareLink.objects.filter(album_id=album.pk))
    for link in links:
        share_link_revoke(link=link)
    return f"{len(links)} share links deleted."


WITHDRAW = Action(
    name="withdraw-links",
    label="Delete share links",
    explanation=lambda _request, album: [
        f"{ShareLink.objects.filter(album_id=album.pk).count()} links to this album will stop working.",
        "The owner can create new ones.",
    ],
    perform=_withdraw,
    available=lambda _request, album: ShareLink.objects.filter(album_id=album.pk).exists(),
    danger=True,
)


@admin.register(Album)
class AlbumAdmin(ActionsAdmin[Album]):
    """Albums by their owner."""

    private: ClassVar = {"shown_name": "name"}
    list_display = ("id", "account", "called", "photos", "members", "links", "created_at")
    list_filter = (OwnerFilter,)
    search_fields = ("=id", "=owner__username")
    search_help_text = "ID or account name"
    ordering = ("-pk",)
    fields = ("account", "called", "photos", "members", "links", "links_in_words", "created_at")
    readonly_fields = fields
    row_actions = (WITHDRAW,)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Album]":
        """With what is counted."""
        return (
            super()
            .get_queryset(request)
            .defer("description")
            .annotate(
                photo_number=counted(AlbumImage.objects.all(), "album_id"),
                member_number=counted(AlbumMember.objects.all(), "album_id"),
                link_number=counted(ShareLink.objects.all(), "album_id"),
            )
        )

    @column("name")
    def called(self, album: Any) -> str:
        """Its name, where the owner lets it be seen."""
        return album.shown_name or NOT_SHOWN

    @column("photos", order="photo_number")
    def photos(self, album: Any) -> int:
        """Return the number of photos."""
        return int(album.photo_number)

    @column("members", order="member_number")
    def members(self, album: Any) -> int:
        """Return the number of members."""
        return int(album.member_number)

    @column("share links", order="link_number")
    def links(self, album: Any) -> int:
        """Return the number of share links."""
        return int(album.link_number)

    @column("expires")
    def links_in_words(self, album: Album) -> str:
        """When each of its links ends; not where it leads."""
        now = timezone.now()
        found = ShareLink.objects.filter(album_id=album.pk).order_by("expires_at", "pk")[:50]
        ends = [
            "no expiry date"
            if link.expires_at is None
            else f"{'ended' if link.expires_at <= now else 'until'} {link.expires_at:%Y-%m-%d %H:%M}"
            for link in found
        ]
        return ", ".join(ends) or "-"
