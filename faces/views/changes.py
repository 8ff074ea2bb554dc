"""The journal: what was done to people, and taking it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from albums.views.viewer import viewer
from faces.exceptions import PeopleError
from faces.services.journal import change_undo, change_undoable, changes_of
from faces.views.returning import back

CHANGES_PER_PAGE = 50


@never_cache
@login_required
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """All changes, newest first; the newest that was not undone has the button."""
    user = viewer(request)
    page = Paginator(changes_of(user), CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "faces/changes.html", {"page": page, "undoable": change_undoable(user)})


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one change back."""
    user = viewer(request)
    change = get_object_or_404(changes_of(user), pk=pk)
    try:
        change_undo(change=change, by=user)
        messages.success(request, f"Undone: {change.summary}")
    except PeopleError as error:
        messages.error(request, str(error))
    return back(request, otherwise="faces:changes")
