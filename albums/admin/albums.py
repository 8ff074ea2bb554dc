"""Albums in the administration: their size, members and links."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from albums.admin.actions import Action, ActionsAdmin
from albums.admin.base import NOT_SHOWN, OwnerFilter, column, counted, row_column
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
        """Add the counts."""
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

    called = row_column("name", lambda row: row.shown_name or NOT_SHOWN)
    photos = row_column("photos", lambda row: row.photo_number, order="photo_number")
    members = row_column("members", lambda row: row.member_number, order="member_number")
    links = row_column("share links", lambda row: row.link_number, order="link_number")

    @column("expires")
    def links_in_words(self, album: Album) -> str:
        """The expiry dates of the links, without their addresses."""
        now = timezone.now()
        found = ShareLink.objects.filter(album_id=album.pk).order_by("expires_at", "pk")[:50]
        ends = [
            "no expiry date"
            if link.expires_at is None
            else f"{'ended' if link.expires_at <= now else 'until'} {link.expires_at:%Y-%m-%d %H:%M}"
            for link in found
        ]
        return ", ".join(ends) or "-"
