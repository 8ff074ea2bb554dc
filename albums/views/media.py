"""Files of photos, served only to those who may see them."""

from pathlib import PurePosixPath

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from albums.http.current_user import current_user
from albums.http.media import file_response
from albums.models import Image, Rendition


@login_required
@require_safe
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the original file, byte for byte."""
    image = get_object_or_404(Image.objects.visible_to(current_user(request)), pk=pk)
    return file_response(
        request,
        image.original,
        content_type=image.mime_type or "application/octet-stream",
        name=PurePosixPath(image.source_path).name or f"photo-{image.pk}",
        etag=image.sha256,
        immutable=False,
    )


@login_required
@require_safe
def rendition(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """Send a smaller copy of a photo."""
    image = get_object_or_404(Image.objects.visible_to(current_user(request)), pk=pk)
    made = get_object_or_404(Rendition, image=image, kind=kind)
    return file_response(
        request,
        made.file,
        content_type="image/jpeg",
        name=f"{PurePosixPath(image.name).stem or image.pk}-{kind}.jpg",
        etag=f"{image.sha256}-{kind}-{made.width}x{made.height}",
        immutable=True,
    )
