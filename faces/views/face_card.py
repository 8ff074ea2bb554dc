"""A face with its person and the possible edits: a page, or a card over the photo."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext

from albums.http.current_user import current_user
from albums.http.decorators import form_view
from albums.http.htmx import HtmxRequest
from albums.http.redirects import local_address, redirect_back
from albums.services.core.row_ids import row_id
from faces.exceptions import NameTaken, PeopleError
from faces.models import Face, Person
from faces.services.attributes.ages import face_age, face_gender
from faces.services.people.edits import (
    faces_assign,
    faces_confirm,
    faces_dismiss,
    faces_reject,
    person_cover,
)
from faces.services.people.naming import face_group, face_name, group_merge
from faces.services.reviewing.merging import people_in_common
from faces.services.searching.candidates import Likely, people_like
from faces.views.undo_toast import undo_toast


@form_view
def face(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show or edit a face. POST: action, who (a name) or person (an id) where one is needed, next.

    htmx gets the card alone. A success is shown on the page `next`; errors and questions are on the card.
    """
    user = current_user(request)
    rows = Face.objects.visible_to(user).present().with_attributes().with_confirmed()
    shown = get_object_or_404(rows, pk=pk)
    if request.method != "POST":
        return _card(request, user, shown)
    who = request.POST.get("who", "")
    if person_id := request.POST.get("person", ""):
        who = get_object_or_404(Person.objects.visible_to(user).named(), pk=row_id(person_id)).name
    action = ACTIONS.get(request.POST.get("action", "name"))
    if action is None:
        return _card(request, user, shown, error=gettext("This action is not available for a face."), who=who)
    try:
        undo_toast(request, action(user, shown, who), by=user)
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
        "age": face_age(shown),
        "gender": face_gender(shown),
        "group_count": group.faces.present().count() if group else 1,
        # A named person needs no suggestions.
        "likely": () if named or namesake else _likely(user, shown),
        "error": error,
        "who": who,
        "namesake": namesake,
        "together": people_in_common(people=[group, namesake], user=user) if group and namesake else None,
        "next": _next(request, shown),
    }
    template = "faces/_face_card.html" if request.htmx else "faces/face.html"
    response = render(request, template, context, status=400 if error else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _likely(user: User, shown: Face) -> list[tuple[Likely, int | None]]:
    """Return the people that a face may show, each with the id of a face to show for them."""
    likely = people_like(shown, user=user)
    if not likely:
        return []
    people = Person.objects.filter(pk__in=[one.person_id for one in likely]).with_shown_face()
    pictures = dict(people.values_list("pk", "shown_face_id"))
    return [(one, pictures.get(one.person_id)) for one in likely]


def _next(request: HtmxRequest, shown: Face) -> str:
    """Return the address of the page that opened the card, else of the face's photo."""
    address = request.POST.get("next", "") or request.GET.get("next", "")
    return local_address(request, address) or reverse("albums:photo", args=[shown.image_id])


def _name(user: User, face: Face, who: str) -> str:
    return _assigned(face_name(face=face, name=who, by=user))


def _alone(user: User, face: Face, who: str) -> str:
    return _assigned(face_name(face=face, name=who, by=user, alone=True))


def _merge(user: User, face: Face, who: str) -> str:
    namesake = Person.objects.visible_to(user).named().filter(name__iexact=who).first()
    if namesake is None:
        return _name(user, face, who)
    return _assigned(group_merge(face=face, into=namesake, by=user))


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


def _assigned(person: Person) -> str:
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
