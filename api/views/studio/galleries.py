"""Look-alike galleries, for accounts and for visitors with a share link."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.parsers import MultiPartParser

from albums.http.body_limits import PICTURES_BYTES
from albums.http.client_address import client_address
from albums.models import ShareLink
from albums.ordering import BY_ID
from albums.pagination import Page
from albums.services.arranging.share_links import lookalike_check
from api.schema import BUSY, Operation
from api.serializers.lookalike import PictureIn
from api.serializers.shared import SharedLookalikeOut
from api.serializers.studio.galleries import GalleryOut
from api.views.base import FacesView
from api.views.shared import EXPIRED, PASSWORD, SharedView
from faces.http import crop_response
from faces.services.searching.galleries import (
    galleries_visible,
    gallery_face,
    gallery_people_counts,
    visitor_lookalikes,
)

PEOPLE = 10


class Galleries(FacesView):
    """List look-alike galleries."""

    tag = "look-alike"

    @Operation("galleries_list", response=GalleryOut, many=True)
    def get(self) -> Page:
        """List the look-alike galleries of the account and those that are shared with it.

        Mark an album as a gallery with `album_change`. `lookalike` and `lookalike_best` search one.
        """
        page = self.page(galleries_visible(self.user).with_counts().select_related("owner"), BY_ID)
        counts = gallery_people_counts([gallery.pk for gallery in page.rows])
        for gallery in page.rows:
            gallery.people_count = counts.get(gallery.pk, 0)
        return page


class SharedLookalike(SharedView):
    """Search a shared gallery."""

    parser_classes = (MultiPartParser,)

    def body_limit(self, request: HttpRequest, length: int) -> int:
        """Return the limit of a picture, if the link allows a search with it. Raises LinkError."""
        del request, length
        lookalike_check(self.link(self.kwargs["token"]))
        return PICTURES_BYTES

    @Operation(
        "shared_lookalike",
        request={"multipart/form-data": PictureIn},
        response=SharedLookalikeOut,
        parameters=[PASSWORD],
        errors=BUSY | EXPIRED,
    )
    def post(self, token: str) -> dict[str, Any]:
        """Find the ten most similar people of a shared gallery, if the link allows it.

        The picture is not stored. Names are empty if the link hides them.
        """
        link = self.link(token)
        data = self.validated_body(PictureIn)
        result = visitor_lookalikes(
            link=link,
            picture=data["picture"],
            face_index=data.get("face_index"),
            people=PEOPLE,
            address=client_address(self.django_request),
        )
        people = [
            {
                "name": match.person.name if link.shows_names else "",
                "face": match.face,
                "distance": match.distance,
                "probability": match.probability,
            }
            for match in result.people
        ]
        return {"faces_found": result.faces_found, "selected": result.selected, "people": people}


class SharedFaceCrop(SharedView):
    """Download the picture of a face of a shared gallery."""

    @Operation("shared_face_crop", parameters=[PASSWORD], media="image/jpeg", errors=EXPIRED)
    def get(self, token: str, pk: int) -> HttpResponseBase:
        """Download the square picture of a face of a shared gallery, if the link allows searches."""
        link: ShareLink = self.link(token)
        lookalike_check(link)
        return crop_response(self.django_request, gallery_face(link.album, pk), stored=False)
