"""The history of edits to people, and undo."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from albums.http.current_user import current_user
from albums.http.decorators import action_view, page_view
from albums.http.redirects import redirect_back
from faces.models import Person
from faces.services.history.change_faces import faces_of_changes
from faces.services.history.history import change_undo, change_undoable, changes_of
from faces.views.decorators import recognition_required
from faces.views.people_errors import people_errors_shown

CHANGES_PER_PAGE = 50


@recognition_required
@page_view
def changes(request: HttpRequest) -> HttpResponse:
    """List all changes, newest first, with an undo button for the newest one."""
    user = current_user(request)
    page = Paginator(changes_of(user), CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    faces = faces_of_changes(owner=user, changes=shown)
    context = {
        "page": page,
        "items": [(change, faces.get(change.pk, [])) for change in shown],
        "undoable": change_undoable(user),
    }
    return render(request, "faces/changes.html", context)


@action_view
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a change."""
    user = current_user(request)
    change = get_object_or_404(changes_of(user), pk=pk)
    with people_errors_shown(request):
        change_undo(change=change, by=user)
        messages.success(request, _("Undone: %(summary)s") % {"summary": change.summary})
    if _is_page_of_deleted_person(user, request.POST.get("next", "")):
        return redirect("faces:people")
    return redirect_back(request, otherwise="faces:changes")


def _is_page_of_deleted_person(user: User, address: str) -> bool:
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return False
    if match.app_name != "faces" or not match.view_name.startswith("faces:person"):
        return False
    return not Person.objects.visible_to(user).filter(pk=match.kwargs["pk"]).exists()
