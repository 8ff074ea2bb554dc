"""The list of refused files."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from albums.http.current_user import current_user
from albums.http.decorators import cacheable_page_view
from albums.models import Image

REFUSED_PER_PAGE = 100


@cacheable_page_view
def refused(request: HttpRequest) -> HttpResponse:
    """List the refused files with their reasons."""
    files = Image.objects.visible_to(current_user(request)).refused().order_by("-added_at", "-pk")
    page = Paginator(files, REFUSED_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "albums/refused.html", {"page": page})
