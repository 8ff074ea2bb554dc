"""The page "Who do I look like?" for visitors with a link to a look-alike gallery that allows it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from albums.exceptions import TooManySearches
from albums.http.body_limits import pictures_through_link, takes_bodies
from albums.http.client_address import client_address
from albums.models import ShareLink
from albums.services.arranging.share_links import lookalike_check
from albums.views.shared import MEDIA_SECONDS, through_link
from faces.exceptions import NotThere
from faces.forms import LookalikeForm
from faces.http import crop_response
from faces.services.searching.galleries import gallery_face, visitor_lookalikes
from faces.views.picture_search import PictureSearch, picture_search
from faces.views.studio.gallery_matches import PEOPLE, gallery_matches, matches_context
from faces.views.temporary_pictures import camera_page, temporary_portrait


@takes_bodies(pictures_through_link)
@require_http_methods(["GET", "HEAD", "POST"])
@through_link
def lookalike(request: HttpRequest, link: ShareLink) -> HttpResponse:
    """Search the gallery of a link with a picture, which is not stored."""
    lookalike_check(link)
    if request.method != "POST":
        return _page(request, link, LookalikeForm(), PictureSearch())
    form = LookalikeForm(request.POST, request.FILES)
    address = client_address(request)
    try:
        found = picture_search(
            form,
            lambda picture, index: visitor_lookalikes(
                link=link, picture=picture, face_index=index, people=PEOPLE, address=address
            ),
        )
    except TooManySearches as error:
        form.add_error(None, _("Too many searches. Try again in ten minutes."))
        response = _page(request, link, form, PictureSearch(status=429))
        response.headers["Retry-After"] = str(error.seconds)
        return response
    return _page(request, link, form, found)


def _page(request: HttpRequest, link: ShareLink, form: LookalikeForm, found: PictureSearch) -> HttpResponse:
    context: dict[str, Any] = {
        "link": link,
        "gallery": link.album,
        "form": form,
        "copy": found.copy,
        "result": found.result,
        "copy_errors": [*form["picture_copy"].errors, *form["face_index"].errors],
    }
    if found.result is not None and found.copy is not None:
        matches = gallery_matches(
            found.result, urls=lambda pk, image_id: _urls(link, pk, image_id), named=link.shows_names
        )
        context |= matches_context(link.album, matches)
        box = found.result.faces_found[found.result.selected]
        context["portrait"] = temporary_portrait(found.copy, box)
    response = camera_page(request, "shared/lookalike.html", context, status=found.status)
    # Without a referrer, the form would have no origin and fail the CSRF check.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _urls(link: ShareLink, face_id: int, image_id: int) -> tuple[str, str]:
    photo = reverse("albums:shared_photo", args=[link.token, image_id])
    return reverse("faces:shared_crop", args=[link.token, face_id]), photo


@require_safe
@through_link
def crop(request: HttpRequest, link: ShareLink, pk: int) -> HttpResponseBase:
    """Return the square picture of a face in the gallery of a link."""
    lookalike_check(link)
    try:
        response = crop_response(request, gallery_face(link.album, pk), stored=False)
    except NotThere as error:
        raise Http404(str(error)) from error
    # As of the photos: a link can be deleted.
    response.headers["Cache-Control"] = f"private, max-age={MEDIA_SECONDS}"
    return response
