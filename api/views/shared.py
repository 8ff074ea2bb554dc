"""Shared albums, for visitors with a share link and no account.

The password of a link, if it has one, is sent with every request in the header `Share-Password`.
"""

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import AllowAny

from albums.http.archives import zip_response
from albums.http.client_address import client_address
from albums.http.media import rendition_response, shared_original_response
from albums.models import Image, ShareLink
from albums.ordering import ALBUM_ORDERS
from albums.pagination import Page
from albums.querysets import ImageQuerySet
from albums.services.arranging.share_links import downloads_check, share_link_note_opened, share_link_open
from albums.services.arranging.smart_albums import albums_fill
from albums.services.core.people_names import names_in
from api.schema import BUSY, RENDITION_KIND, Operation
from api.serializers.shared import SharedAlbumOut, SharedImageOut
from api.views.base import ApiView

PASSWORD = OpenApiParameter(
    "Share-Password",
    {"type": "string", "maxLength": 200, "pattern": r"^[ -~]*$"},
    OpenApiParameter.HEADER,
    description="password of the link, if it has one; percent-encoded unless plain ASCII",
)

EXPIRED = {410: "The link has expired."}


class SharedView(ApiView):
    """Base of the views of shared albums."""

    tag = "shared"
    permission_classes = (AllowAny,)
    authentication_classes = ()

    def link(self, token: str) -> ShareLink:
        """Return an opened share link. Raises LinkError."""
        password = self.request.headers.get("Share-Password", "")
        return share_link_open(token, password=password, address=client_address(self.django_request))

    def images(self, link: ShareLink) -> ImageQuerySet:
        """Return the photos of the album."""
        return Image.objects.in_album(link.album)


class SharedAlbum(SharedView):
    """Retrieve a shared album."""

    @Operation("shared_album", response=SharedAlbumOut, parameters=[PASSWORD], errors=EXPIRED)
    def get(self, token: str) -> ShareLink:
        """Retrieve the album of a share link."""
        link = self.link(token)
        albums_fill([link.album_id])
        share_link_note_opened(link=link)
        link.photo_count = self.images(link).count()  # type: ignore[attr-defined]  # for the serializer
        return link


class SharedImages(SharedView):
    """List the photos of a shared album."""

    @Operation("shared_images", response=SharedImageOut, many=True, parameters=[PASSWORD], errors=EXPIRED)
    def get(self, token: str) -> Page:
        """List the photos of a shared album in its order."""
        link = self.link(token)
        images = self.images(link).prefetch_renditions().defer("words")
        page = self.page(images, ALBUM_ORDERS[link.album.sort])
        ids, owner_id = [image.pk for image in page.rows], link.album.owner_id
        names = names_in(ids, owner_id=owner_id) if link.shows_names else {}
        for image in page.rows:
            image.names = names.get(image.pk, [])
        return page


class SharedRendition(SharedView):
    """Download a smaller copy of a shared photo."""

    @Operation("shared_rendition", parameters=[PASSWORD, RENDITION_KIND], media="image/jpeg", errors=EXPIRED)
    def get(self, token: str, pk: int, kind: str) -> HttpResponseBase:
        """Download a smaller, upright JPEG of a photo of a shared album."""
        image = get_object_or_404(self.images(self.link(token)), pk=pk)
        return rendition_response(self.django_request, image, kind, anonymous=True)


class SharedOriginal(SharedView):
    """Download the original of a shared photo."""

    @Operation("shared_original", parameters=[PASSWORD], media="application/octet-stream", errors=EXPIRED)
    def get(self, token: str, pk: int) -> HttpResponseBase:
        """Download the original of a photo, if the link allows downloads.

        Without position, serial numbers, names and descriptions unless `keeps_location` is set. A file that
        cannot be cleaned (BigTIFF) is replaced by its preview.
        """
        link = self.link(token)
        downloads_check(link)
        image = get_object_or_404(self.images(link), pk=pk)
        return shared_original_response(self.django_request, image, link)


class SharedZip(SharedView):
    """Download a shared album."""

    @Operation("shared_zip", parameters=[PASSWORD], media="application/zip", errors=BUSY | EXPIRED)
    def get(self, token: str) -> HttpResponseBase:
        """Download the originals of a shared album as a zip, if the link allows downloads."""
        link = self.link(token)
        downloads_check(link)
        albums_fill([link.album_id])
        return zip_response(
            self.django_request, self.images(link), name=link.album.name, cleaned=not link.keeps_location
        )
