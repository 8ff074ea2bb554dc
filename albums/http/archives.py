"""Responses with zips of originals."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from albums.querysets import ImageQuerySet
from albums.services.downloading.archives import archive_stream, valid_name


def zip_response(
    images: ImageQuerySet, *, name: str, head: bool = False, cleaned: bool = False
) -> HttpResponseBase:
    """Stream the originals of `images` as `name`.zip; head: the headers alone. Raises ArchivesBusy.

    cleaned: without their private metadata.
    """
    stream = archive_stream(images, cleaned=cleaned)
    if head:
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
