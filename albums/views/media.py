"""Files of photos, served only to those who may see them."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from albums.http.current_user import current_user
from albums.http.decorators import cacheable_page_view, picture_view
from albums.http.media import original_response, rendition_response_to
from albums.models import Image


@cacheable_page_view
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the original file, byte for byte."""
    image = get_object_or_404(Image.objects.visible_to(current_user(request)), pk=pk)
    return original_response(request, image)


@picture_view
def rendition(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """Send a smaller copy of a photo."""
    return rendition_response_to(current_user(request), request, pk, kind)
