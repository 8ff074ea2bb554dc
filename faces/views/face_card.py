"""One face: who it is, and what can be said of it. A page of its own, or a card over the photo."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from albums.http.current_user import current_user
from albums.http.htmx import HtmxRequest
from albums.services.core.row_ids import row_id
from faces.exceptions import NameTaken, PeopleError
from faces.models import Face, Person, Verdict
from faces.services.people.edits import (
    faces_assign,
    faces_confirm,
    faces_dismiss,
    faces_reject,
    person_cover,
)
from faces.services.people.naming import face_group, face_name, group_merge
from faces.services.searching.candidates import Likely, people_like
from faces.views.people import names_offered
from faces.views.redirects import local_address, redirect_back
from faces.views.undo_toast import undo_toast


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def face(request: HtmxRequest, pk: int) -> HttpResponse:
    """One face. POST: action, who (a name) or person (an id) where one is needed, next.

    A script gets the card alone. What was done is said on the page that `next` names; what could not be, and
    what must be asked first, is said on the card.
    """
    user = current_user(request)
    settled = Verdict.objects.filter(face=OuterRef("pk"), kind=Verdict.Kind.IS)
    rows = Face.objects.visible_to(user).present().annotate(settled=Exists(settled))
    shown = get_object_or_404(rows.select_related("image", "person"), pk=pk)
    if request.method != "POST":
        return _card(request, user, shown)
    who = request.POST.get("who", "")
    chosen = request.POST.get("person", "")
    if chosen:
        person = get_object_or_404(Person.objects.visible_to(user).named(), pk=row_id(chosen))
        who = person.name
    act = ACTIONS.get(request.POST.get("action", "name"))
    if act is None:
        return _card(request, user, shown, error=gettext("This action is not available for a face."), who=who)
    try:
        undo_toast(request, act(user, shown, who), by=user)
    except NameTaken as taken:
        namesake = Person.objects.visible_to(user).filter(pk=taken.namesake_id).first()
        return _card(request, user, shown, who=who, namesake=namesake)
    except PeopleError as error:
        return _card(request, user, shown, error=str(error), who=who)
    return redirect_back(request, otherwise=reverse("albums:photo", args=[shown.image_id]))


def _card(
    request: HtmxRequest,
    user: User,
    shown: Face,
    *,
    error: str = "",
    who: str = "",
    namesake: Person | None = None,
) -> HttpResponse:
    named = shown.person is not None and bool(shown.person.name)
    group = face_group(shown)
    context: dict[str, Any] = {
        "face": shown,
        "named": named,
        "group_count": group.faces.present().count() if group else 1,
        # Of somebody who is confirmed there is nothing to guess.
        "likely": () if named or namesake else _likely(user, shown),
        "names": () if request.htmx else names_offered(user),
        "error": error,
        "who": who,
        "namesake": namesake,
        "next": _next(request, shown),
    }
    template = "faces/_face_card.html" if request.htmx else "faces/face.html"
    response = render(request, template, context, status=400 if error else 200)
    patch_vary_headers(response, ["HX-Request"])
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _likely(user: User, shown: Face) -> list[tuple[Likely, int | None]]:
    """Return the people that a face may show, each with the id of a face to picture them by."""
    likely = people_like(shown, user=user)
    if not likely:
        return []
    people = Person.objects.filter(pk__in=[one.person_id for one in likely]).with_shown_face()
    pictures = dict(people.values_list("pk", "shown_face_id"))
    return [(one, pictures.get(one.person_id)) for one in likely]


def _next(request: HtmxRequest, shown: Face) -> str:
    """Where to go afterwards: the page that asked for the card, or else the face's photo."""
    named = request.POST.get("next", "") or request.GET.get("next", "")
    return local_address(request, named) or reverse("albums:photo", args=[shown.image_id])


def _name(user: User, face: Face, who: str) -> str:
    return _now(face_name(face=face, name=who, by=user))


def _alone(user: User, face: Face, who: str) -> str:
    return _now(face_name(face=face, name=who, by=user, alone=True))


def _merge(user: User, face: Face, who: str) -> str:
    namesake = Person.objects.visible_to(user).named().filter(name__iexact=who).first()
    if namesake is None:
        return _name(user, face, who)
    return _now(group_merge(face=face, into=namesake, by=user))


def _confirm(user: User, face: Face, _who: str) -> str:
    faces_confirm(faces=[face], by=user)
    return gettext("Confirmed")


def _reject(user: User, face: Face, _who: str) -> str:
    before = face.person
    faces_reject(faces=[face], by=user)
    if before is None or not before.name:
        return gettext("Removed from this group")
    return gettext("Removed from %(name)s") % {"name": before.name}


def _other(user: User, face: Face, _who: str) -> str:
    faces_assign(faces=[face], person=None, by=user)
    return gettext("Moved to a new person")


def _dismiss(user: User, face: Face, _who: str) -> str:
    faces_dismiss(faces=[face], by=user)
    return gettext("Face removed")


def _cover(user: User, face: Face, _who: str) -> str:
    if face.person is None:
        return _name(user, face, "")
    person_cover(person=face.person, face=face, by=user)
    return gettext("Cover updated")


def _now(person: Person) -> str:
    return gettext("Saved: %(name)s") % {"name": person.name}


ACTIONS: dict[str, Callable[[User, Face, str], str]] = {
    "name": _name,
    "alone": _alone,
    "merge": _merge,
    "confirm": _confirm,
    "reject": _reject,
    "other": _other,
    "dismiss": _dismiss,
    "cover": _cover,
}
