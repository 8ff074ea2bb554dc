"""Face crops, and the faces that are with nobody yet."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from albums.http.current_user import current_user
from albums.http.htmx import HtmxRequest
from albums.http.media import file_response
from albums.services.core.row_ids import row_id
from faces.exceptions import PeopleError
from faces.models import Face, Person
from faces.services.history.history import change_undoable
from faces.services.people.edits import faces_assign
from faces.services.searching.candidates import likely_people
from faces.views.redirects import redirect_back

WAITING_PER_PAGE = 60


@login_required
@require_safe
def crop(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the square picture of a face."""
    face = get_object_or_404(Face.objects.visible_to(current_user(request)), pk=pk)
    return file_response(
        request,
        face.crop,
        content_type="image/jpeg",
        name=f"face-{face.pk}.jpg",
        etag=f"face-{face.pk}-{face.created_at.timestamp():.0f}",
        immutable=True,
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def waiting(request: HtmxRequest) -> HttpResponse:
    """Faces with nobody: counted and shown, never hidden, each with whom it most likely shows.

    POST takes one suggestion: `place`, the ids of the face and the person with a colon between them.
    """
    user = current_user(request)
    if request.method == "POST":
        return _place(request)
    faces = Face.objects.visible_to(user).unassigned().exclude(crop="").select_related("image")
    page: Page[Face] = Paginator(faces.best_first(), WAITING_PER_PAGE).get_page(request.GET.get("page"))
    likely = likely_people(owner=user, faces=list(page.object_list))
    context = {
        "page": page,
        "items": [(face, likely.get(face.pk)) for face in page.object_list],
        "undoable": change_undoable(user),
    }
    if request.htmx:
        return render(request, "faces/_waiting_items.html", context)
    return render(request, "faces/waiting.html", context)


def _place(request: HtmxRequest) -> HttpResponse:
    user = current_user(request)
    face_key, _colon, person_key = request.POST.get("place", "").partition(":")
    face_id, person_id = row_id(face_key), row_id(person_key)
    if face_id is None or person_id is None:
        messages.error(request, _("The form is incomplete."))
        return redirect_back(request, otherwise="faces:waiting")
    face = get_object_or_404(Face.objects.visible_to(user), pk=face_id)
    person = get_object_or_404(Person.objects.visible_to(user), pk=person_id)
    try:
        faces_assign(faces=[face], person=person, by=user)
    except PeopleError as error:
        messages.error(request, str(error))
        return redirect_back(request, otherwise="faces:waiting")
    if request.htmx:
        # The card goes away; the last change with its button comes along.
        return render(request, "faces/_undo_beside.html", {"undoable": change_undoable(user), "next": ""})
    messages.success(request, _("Assigned to %(name)s") % {"name": person.name})
    return redirect_back(request, otherwise="faces:waiting")
