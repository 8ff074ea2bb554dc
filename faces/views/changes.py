"""The journal: what was done to people, and taking it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from albums.http.current_user import current_user
from faces.exceptions import PeopleError
from faces.models import Person
from faces.services.history.change_faces import faces_of_changes
from faces.services.history.history import change_undo, change_undoable, changes_of
from faces.views.redirects import redirect_back

CHANGES_PER_PAGE = 50


@never_cache
@login_required
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """All changes, newest first; the newest that was not undone has the button."""
    user = current_user(request)
    page = Paginator(changes_of(user), CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    faces = faces_of_changes(owner=user, changes=shown)
    return render(
        request,
        "faces/changes.html",
        {
            "page": page,
            "items": [(change, faces.get(change.pk, [])) for change in shown],
            "undoable": change_undoable(user),
        },
    )


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one change back."""
    user = current_user(request)
    change = get_object_or_404(changes_of(user), pk=pk)
    try:
        change_undo(change=change, by=user)
        messages.success(request, _("Undone: %(summary)s") % {"summary": change.summary})
    except PeopleError as error:
        messages.error(request, str(error))
    if _is_of_nobody(user, request.POST.get("next", "")):
        return redirect("faces:people")
    return redirect_back(request, otherwise="faces:changes")


def _is_of_nobody(user: User, address: str) -> bool:
    """Whether this is the page of a person whom undoing has taken away."""
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return False
    if match.app_name != "faces" or not match.view_name.startswith("faces:person"):
        return False
    return not Person.objects.visible_to(user).filter(pk=match.kwargs["pk"]).exists()
