"""Zips of originals: of an album, and of chosen photos."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from albums.exceptions import ArchivesBusy
from albums.models import Album, Image
from albums.querysets import ImageQuerySet
from albums.services.arranging.smart_albums import albums_fill
from albums.services.downloading.archives import archive_stream, fit_name
from albums.views.chosen import chosen_ids
from albums.views.viewer import viewer

RETRY_SECONDS = 60


def archive_response(request: HttpRequest, images: ImageQuerySet, *, name: str) -> HttpResponseBase:
    """Send the originals of `images` as `name`.zip, or say that the server is busy with other zips."""
    try:
        return zip_response(images, name=name, head=request.method == "HEAD")
    except ArchivesBusy:
        busy = render(request, "shared/busy.html", status=503)
        busy.headers["Retry-After"] = str(RETRY_SECONDS)
        return busy


def zip_response(images: ImageQuerySet, *, name: str, head: bool = False) -> HttpResponseBase:
    """The originals of `images` as `name`.zip; head: what it would be, without them. Raises ArchivesBusy."""
    stream = archive_stream(images)
    if head:
        stream.close()
        response: HttpResponseBase = HttpResponse(content_type="application/zip")
    else:
        response = StreamingHttpResponse(stream, content_type="application/zip")
    response.headers["Content-Length"] = str(stream.length)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=f"{fit_name(name)}.zip") or "attachment"
    )
    response.headers["Cache-Control"] = "private, no-store"
    # No proxy shall collect it first.
    response.headers["X-Accel-Buffering"] = "no"
    return response


@login_required
@require_safe
def album_archive(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All photos of an album, for everybody with whom it is shared."""
    album = get_object_or_404(Album.objects.visible_to(viewer(request)), pk=pk)
    albums_fill([pk])
    return archive_response(request, Image.objects.in_album(album), name=album.name)


@login_required
@require_POST
def selection_archive(request: HttpRequest) -> HttpResponseBase:
    """Chosen photos that one may see. POST: images, ids separated by commas, or image, once for each."""
    images = Image.objects.visible_to(viewer(request)).ready().filter(pk__in=chosen_ids(request))
    if not images.exists():
        messages.error(request, _("Tick at least one photo first."))
        return redirect("albums:photos")
    return archive_response(request, images, name=_("Photos"))
