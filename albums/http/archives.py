"""Responses with zips of originals."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from albums.http.client_address import client_address
from albums.querysets import ImageQuerySet
from albums.services.downloading.archives import archive_stream, valid_name


def zip_response(
    request: HttpRequest, images: ImageQuerySet, *, name: str, cleaned: bool = False
) -> HttpResponseBase:
    """Stream the originals of `images` as `name`.zip, the headers alone for HEAD. Raises ArchivesBusy.

    cleaned: without their private metadata.
    """
    stream = archive_stream(images, client=client_address(request), cleaned=cleaned)
    if request.method == "HEAD":
        stream.close()
        response: HttpResponseBase = HttpResponse(content_type="application/zip")
    else:
        response = StreamingHttpResponse(stream, content_type="application/zip")
    response.headers["Content-Length"] = str(stream.length)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=f"{valid_name(name)}.zip") or "attachment"
    )
    response.headers["Cache-Control"] = "private, no-store"
    # Proxies must not buffer it.
    response.headers["X-Accel-Buffering"] = "no"
    return response
