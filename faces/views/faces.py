"""Crops of faces, and unassigned faces."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from albums.http.current_user import current_user
from albums.http.decorators import form_view, picture_view
from albums.http.htmx import HtmxRequest
from albums.http.redirects import redirect_back
from albums.services.core.row_ids import row_id
from faces.exceptions import PeopleError
from faces.http import crop_response
from faces.models import Face, Person
from faces.services.people.edits import faces_assign
from faces.services.searching.candidates import likely_people
from faces.views.decorators import recognition_required
from faces.views.undo_toast import undo_toast

PER_PAGE = 60


@picture_view
def crop(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return the square picture of a face."""
    face = get_object_or_404(Face.objects.visible_to(current_user(request)), pk=pk)
    return crop_response(request, face)


@recognition_required
@form_view
def unassigned(request: HtmxRequest) -> HttpResponse:
    """List the unassigned faces, each with the person it most probably shows.

    POST assigns one: `place`, the ids of the face and the person with a colon between them.
    """
    user = current_user(request)
    if request.method == "POST":
        return _assign(request, user)
    faces = Face.objects.visible_to(user).unassigned().with_crop().select_related("image")
    page: Page[Face] = Paginator(faces.best_first(), PER_PAGE).get_page(request.GET.get("page"))
    likely = likely_people(owner=user, faces=list(page.object_list))
    context = {
        "page": page,
        "items": [(face, likely.get(face.pk)) for face in page.object_list],
    }
    if request.htmx:
        return render(request, "faces/_waiting_items.html", context)
    return render(request, "faces/waiting.html", context)


def _assign(request: HtmxRequest, user: User) -> HttpResponse:
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
    undo_toast(request, _("Assigned to %(name)s") % {"name": person.name}, by=user)
    if request.htmx:
        # Nothing replaces the face; the message is added to the others.
        return render(request, "components/_new_messages.html")
    return redirect_back(request, otherwise="faces:waiting")
