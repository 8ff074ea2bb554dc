"""Face crops, and the faces that are with nobody yet."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from albums.views.media import file_response
from albums.views.viewer import viewer
from faces.models import Face

WAITING_PER_PAGE = 120


@login_required
@require_safe
def crop(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the square picture of a face."""
    face = get_object_or_404(Face.objects.visible_to(viewer(request)), pk=pk)
    return file_response(
        request,
        face.crop,
        content_type="image/jpeg",
        name=f"face-{face.pk}.jpg",
        etag=f"face-{face.pk}-{face.created_at.timestamp():.0f}",
        immutable=True,
    )


@login_required
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Faces with nobody: counted and shown, never hidden."""
    faces = Face.objects.visible_to(viewer(request)).waiting().exclude(crop="").select_related("image")
    page = Paginator(faces.best_first(), WAITING_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "faces/waiting.html", {"page": page})
