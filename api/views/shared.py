"""What whoever has the address of a share link sees, without an account.

A link that never was and one that was taken back have the same answer. The password, if there is one, goes
along with every request in the header `Share-Password`.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from albums.http.archives import zip_response
from albums.http.media import file_response
from albums.models import Album, Image, Rendition, ShareLink
from albums.querysets import ImageQuerySet
from albums.services.arranging.share_links import password_fits, share_link_note_opened
from albums.services.arranging.smart_albums import albums_fill
from albums.services.core.people_names import names_in
from api.schema import BUSY, operation, rendition_kind
from api.serializers.shared import SharedAlbumOut, SharedImageOut
from api.views.albums import ORDERS
from api.views.base import ApiView

TAG = "shared"
PASSWORD = OpenApiParameter(
    "Share-Password",
    {"type": "string", "maxLength": 200, "pattern": r"^[ -~]*$"},
    OpenApiParameter.HEADER,
    description="where the link has one; percent-encoded when it is not plain ASCII",
)
PHOTO = {
    "id": 512,
    "width": 4000,
    "height": 3000,
    "captured_at": "2024-07-14T15:02:11Z",
    "description": "",
    "names": ["Anna Castillo"],
    "renditions": [{"kind": "thumbnail", "width": 512, "height": 384}],
}


class SharedView(ApiView):
    """What these have in common."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    def link(self, token: str) -> ShareLink:
        """The open link. Raises Http404, and PermissionDenied before the password was given."""
        found = ShareLink.objects.select_related("album").filter(token=token).first()
        if found is None or found.expired:
            raise Http404
        if found.password and not self._opens(found):
            raise PermissionDenied(
                _("This link has a password. Send it in the header Share-Password."), code="password_needed"
            )
        return found

    def _opens(self, link: ShareLink) -> bool:
        given = self.request.headers.get("Share-Password", "")
        address = self.request.META.get("REMOTE_ADDR", "")
        return bool(given) and password_fits(link=link, password=given, address=address)

    def photo(self, token: str, pk: int) -> tuple[ShareLink, Image]:
        """The link, and a photo in its album. Raises Http404."""
        link = self.link(token)
        image = Image.objects.in_album(link.album).filter(pk=pk).first()
        if image is None:
            raise Http404
        return link, image


class SharedAlbum(SharedView):
    """The album."""

    @operation(
        "shared_album",
        tag=TAG,
        gives=SharedAlbumOut,
        query=[PASSWORD],
        visitors=True,
        example={
            "name": "Summer 2024",
            "description": "",
            "photo_count": 84,
            "downloads": True,
            "shows_names": True,
            "expires_at": None,
        },
    )
    def get(self, _request: Request, token: str) -> Response:
        """What the link leads to."""
        link = self.link(token)
        albums_fill([link.album_id])
        share_link_note_opened(link=link)
        told = {
            "name": link.album.name,
            "description": link.album.description,
            "photo_count": Image.objects.in_album(link.album).count(),
            "downloads": link.downloads,
            "shows_names": link.shows_names,
            "expires_at": link.expires_at,
        }
        return Response(self.shown(SharedAlbumOut, told))


class SharedImages(SharedView):
    """The photos."""

    @operation(
        "shared_images",
        tag=TAG,
        gives=SharedImageOut,
        many=True,
        query=[PASSWORD],
        visitors=True,
        example=PHOTO,
    )
    def get(self, _request: Request, token: str) -> Response:
        """The photos of the album, in its order."""
        link = self.link(token)
        images: ImageQuerySet = Image.objects.in_album(link.album).prefetch_renditions().defer("words")
        return self.page_with_names(link, images)

    def page_with_names(self, link: ShareLink, images: ImageQuerySet) -> Response:
        """A page of photos, with who is in them where the link says so."""
        names: dict[int, list[str]] = {}

        def prepared(rows: list[Any]) -> list[Any]:
            if link.shows_names:
                names.update(names_in([one.pk for one in rows], owner_id=link.album.owner_id))
            for one in rows:
                one.names = names.get(one.pk, [])
            return rows

        return self.page(SharedImageOut, images, ORDERS[Album.Sort(link.album.sort)], rows_ready=prepared)


class SharedRendition(SharedView):
    """A smaller copy."""

    @operation(
        "shared_rendition", tag=TAG, query=[PASSWORD, rendition_kind()], visitors=True, media="image/jpeg"
    )
    def get(self, request: Request, token: str, pk: int, kind: str) -> HttpResponseBase:
        """A smaller upright JPEG: `thumbnail` (512 pixels on the long side) or `preview` (2048)."""
        _link, image = self.photo(token, pk)
        made = Rendition.objects.filter(image=image, kind=kind).first()
        if made is None:
            raise Http404
        return file_response(
            request._request,  # noqa: SLF001 - the plain request, as every view has it
            made.file,
            content_type="image/jpeg",
            name=f"photo-{pk}-{kind}.jpg",
            etag=f"shared-{pk}-{kind}-{made.width}x{made.height}",
            immutable=False,
        )


class SharedOriginal(SharedView):
    """The file."""

    @operation("shared_original", tag=TAG, query=[PASSWORD], visitors=True, media="application/octet-stream")
    def get(self, request: Request, token: str, pk: int) -> HttpResponseBase:
        """The original, where the link lets it be downloaded."""
        link, image = self.photo(token, pk)
        if not link.downloads:
            raise PermissionDenied(_("This link does not give the originals."))
        return file_response(
            request._request,  # noqa: SLF001 - as above
            image.original,
            content_type=image.mime_type or "application/octet-stream",
            name=PurePosixPath(image.name).name or f"photo-{pk}",
            etag=image.sha256,
            immutable=False,
        )


class SharedZip(SharedView):
    """All of them."""

    @operation("shared_zip", tag=TAG, query=[PASSWORD], visitors=True, media="application/zip", also=BUSY)
    def get(self, _request: Request, token: str) -> HttpResponseBase:
        """All originals as one zip, where the link lets them be downloaded."""
        link = self.link(token)
        if not link.downloads:
            raise PermissionDenied(_("This link does not give the originals."))
        albums_fill([link.album_id])
        return zip_response(Image.objects.in_album(link.album), name=link.album.name)
