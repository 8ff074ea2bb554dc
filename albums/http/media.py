"""Responses with stored files, private to the account."""

from http import HTTPStatus
from pathlib import PurePosixPath
from typing import IO

from django.contrib.auth.models import User
from django.core.files.storage import Storage
from django.db import connection
from django.db.models.fields.files import FieldFile
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.utils.crypto import salted_hmac
from django.utils.http import parse_etags, quote_etag

from albums.http.ranges import FilePart, RangeNotThere, wanted_range
from albums.imaging.cleaning import UnclearStructure
from albums.models import Image, Rendition, ShareLink
from albums.services.downloading.cleaned_files import cleaned_file

# `owned_by` of ImageQuerySet.
OWN_RENDITION = """
SELECT image.source_path, image.turns, rendition.file, rendition.width, rendition.height
FROM albums_image AS image JOIN albums_rendition AS rendition ON rendition.image_id = image.id
WHERE image.id = %s AND image.owner_id = %s AND image.binned_at IS NULL AND rendition.kind = %s
"""
A_YEAR = 365 * 24 * 3600
# Shown in the browser; all other types are downloaded.
SHOWN_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/bmp"})

# A file can neither load nor run anything, nor be shown inside another site.
MEDIA_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"


def file_response(
    request: HttpRequest,
    file: FieldFile,
    *,
    content_type: str,
    name: str,
    etag: str,
    immutable: bool,
    cleaned: bool = False,
) -> HttpResponseBase:
    """Respond with a stored file, or with the requested range of it; cleaned: without private metadata.

    It is private to the account, and can never act as a page of this site. Raises `Http404` if missing, and
    UnclearStructure.
    """
    tag = quote_etag(etag)
    response: HttpResponseBase
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        opened = _opened(file, cleaned=cleaned)
        response = FileResponse(
            opened, content_type=content_type, as_attachment=content_type not in SHOWN_TYPES, filename=name
        )
        if "Range" in request.headers:
            response = _part(request, response, opened, tag, size=file.size)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = MEDIA_POLICY
        response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = tag
    if immutable:
        patch_cache_control(response, private=True, max_age=A_YEAR, immutable=True)
    else:
        patch_cache_control(response, private=True, no_cache=True)
    return response


def original_response(request: HttpRequest, image: Image) -> HttpResponseBase:
    """Respond with the original of a photo, byte for byte. Raises `Http404` as `file_response` does."""
    return file_response(
        request,
        image.original,
        content_type=image.mime_type or "application/octet-stream",
        name=_original_name(image),
        etag=image.sha256,
        immutable=False,
    )


def shared_original_response(request: HttpRequest, image: Image, link: ShareLink) -> HttpResponseBase:
    """Respond with the original for a visitor, without private metadata unless the link keeps it.

    A file that cannot be cleaned is replaced by its preview. The ETag does not tell the original's digest.
    """
    version = f"{link.pk}:{image.sha256}:{link.keeps_location}"
    try:
        return file_response(
            request,
            image.original,
            content_type=image.mime_type or "application/octet-stream",
            name=_original_name(image),
            etag=salted_hmac("albums.shared-original", version, algorithm="sha256").hexdigest(),
            immutable=False,
            cleaned=not link.keeps_location,
        )
    except UnclearStructure:
        return rendition_response(request, image, Rendition.Kind.PREVIEW)


def rendition_response(
    request: HttpRequest, image: Image, kind: str, *, immutable: bool = False, anonymous: bool = False
) -> HttpResponseBase:
    """Respond with a smaller copy of a photo; anonymous: without the name of its file. Raises `Http404`.

    immutable: the browser never requests it again, if its address names the photo's turns (see `versioned`).
    """
    rendition = get_object_or_404(Rendition, image=image, kind=kind)
    rendition.image = image
    stem = "" if anonymous else PurePosixPath(image.source_path).stem
    return _rendition_file(request, rendition, stem, immutable=immutable)


def rendition_response_to(user: User, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """Respond with a smaller copy of a photo that the user may see. Raises `Http404`.

    A page has dozens of these, nearly all of the user's own photos: one short query finds them, written out
    since Django needs longer to build it than Postgres to answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(OWN_RENDITION, [pk, user.pk, kind])
        row = cursor.fetchone()
    if row is not None:
        path, turns, file, width, height = row
        image = Image(pk=pk, source_path=path, turns=turns)
        rendition = Rendition(image=image, kind=kind, file=file, width=width, height=height)
        return _rendition_file(request, rendition, PurePosixPath(path).stem, immutable=True)
    image = get_object_or_404(Image.objects.visible_to(user).only("source_path", "turns"), pk=pk)
    return rendition_response(request, image, kind, immutable=True)


def _rendition_file(
    request: HttpRequest, rendition: Rendition, stem: str, *, immutable: bool
) -> HttpResponseBase:
    pk, kind, turns = rendition.image_id, rendition.kind, rendition.image.turns
    return file_response(
        request,
        rendition.file,
        content_type="image/jpeg",
        name=f"{stem or f'photo-{pk}'}-{kind}.jpg",
        etag=f"photo-{pk}-{kind}-{turns}-{rendition.width}x{rendition.height}",
        immutable=immutable and names_version(request, turns),
    )


def versioned(address: str, turns: int) -> str:
    """Return the address of a picture that changes when its photo is turned, so that it can be stored."""
    return f"{address}?t={turns}"


def names_version(request: HttpRequest, turns: int) -> bool:
    """Return whether the address of this request names the present turns of a photo."""
    return request.GET.get("t") == str(turns)


def _original_name(image: Image) -> str:
    return PurePosixPath(image.source_path).name or f"photo-{image.pk}"


def _part(
    request: HttpRequest, whole: FileResponse, file: IO[bytes], tag: str, *, size: int
) -> HttpResponseBase:
    try:
        wanted = wanted_range(request, size=size, etag=tag)
    except RangeNotThere as error:
        whole.close()
        return HttpResponse(
            status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            headers={"Content-Range": f"bytes */{error.size}"},
        )
    if wanted is None:
        return whole
    part = FileResponse(
        FilePart(file, wanted), status=HTTPStatus.PARTIAL_CONTENT, content_type=whole.headers["Content-Type"]
    )
    part.headers["Content-Disposition"] = whole.headers["Content-Disposition"]
    part.headers["Content-Length"] = str(len(wanted))
    part.headers["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
    return part


def _opened(file: FieldFile, *, cleaned: bool) -> IO[bytes]:
    storage: Storage = file.storage
    if not file or not storage.exists(str(file.name)):
        raise Http404("this file is not in the storage")
    file.open("rb")
    return cleaned_file(file) if cleaned else file
