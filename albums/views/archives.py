"""Download the originals of an album or of selected photos as a zip."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from albums.exceptions import ArchivesBusy
from albums.http.archives import zip_response
from albums.http.current_user import current_user
from albums.http.decorators import action_view, cacheable_page_view
from albums.http.id_params import row_ids
from albums.models import Album, Image
from albums.querysets import ImageQuerySet, among
from albums.services.arranging.smart_albums import albums_fill

RETRY_SECONDS = 60


def archive_response(
    request: HttpRequest, images: ImageQuerySet, *, name: str, cleaned: bool = False
) -> HttpResponseBase:
    """Send the originals of `images` as `name`.zip, or a page that says that the server is busy.

    cleaned: without their private metadata.
    """
    try:
        return zip_response(request, images, name=name, cleaned=cleaned)
    except ArchivesBusy:
        busy = render(request, "shared/busy.html", status=503)
        busy.headers["Retry-After"] = str(RETRY_SECONDS)
        return busy


@cacheable_page_view
def album_archive(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send all photos of a visible album."""
    album = get_object_or_404(Album.objects.visible_to(current_user(request)), pk=pk)
    albums_fill([pk])
    return archive_response(request, Image.objects.in_album(album), name=album.name)


@action_view
def selection_archive(request: HttpRequest) -> HttpResponseBase:
    """Send the selected visible photos. POST: images, ids separated by commas, or image, repeated."""
    fields = [*request.POST.getlist("images"), *request.POST.getlist("image")]
    ids = row_ids(",".join(fields).split(","))
    images = Image.objects.visible_to(current_user(request)).ready().filter(among("pk", ids))
    if not images.exists():
        messages.error(request, _("Select at least one photo first."))
        return redirect("albums:photos")
    return archive_response(request, images, name=_("Photos"))
