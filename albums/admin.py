"""Photos and albums in the admin, to look at and to remove."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib import admin

from albums.models import Album, Image, Rendition

if TYPE_CHECKING:
    # Generic for the type checker alone: at run time these classes take no parameters.
    _RenditionInline = admin.TabularInline[Rendition, Image]
    _ImageAdmin = admin.ModelAdmin[Image]
    _AlbumAdmin = admin.ModelAdmin[Album]
else:
    _RenditionInline, _ImageAdmin, _AlbumAdmin = admin.TabularInline, admin.ModelAdmin, admin.ModelAdmin


class RenditionInline(_RenditionInline):
    """The renditions of an image."""

    model = Rendition
    extra = 0
    can_delete = False
    readonly_fields = ("kind", "file", "width", "height")


@admin.register(Image)
class ImageAdmin(_ImageAdmin):
    """Originals and what became of them."""

    list_display = ("source_path", "owner", "state", "reason", "captured_at", "added_at")
    list_filter = ("state", "reason", "owner")
    list_select_related = ("owner",)
    search_fields = ("source_path", "sha256")
    date_hierarchy = "added_at"
    readonly_fields = (
        "owner", "sha256", "original", "source_path", "size_bytes", "mime_type", "width", "height", "state",
        "reason", "reason_values", "detail", "attempts", "added_at",
    )  # fmt: skip
    inlines: ClassVar = [RenditionInline]


@admin.register(Album)
class AlbumAdmin(_AlbumAdmin):
    """Albums by their owner."""

    list_display = ("name", "owner", "created_at")
    list_filter = ("owner",)
    list_select_related = ("owner",)
    search_fields = ("name",)
