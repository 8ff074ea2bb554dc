"""Edits of faces and people from forms: each calls a service, shows a message and returns to its page."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from albums.http.current_user import current_user
from albums.http.decorators import action_view
from albums.http.htmx import HtmxRequest
from albums.http.id_params import posted_ids
from albums.http.redirects import redirect_back
from albums.models import Image
from albums.services.core.row_ids import row_id
from albums.validators import validate_birth_date
from faces.exceptions import FactsContradict, NotOfThisPerson, NotThere, PeopleError
from faces.models import Face, Person
from faces.services.grouping.repeats import photo_repeats
from faces.services.people.edits import (
    called,
    faces_assign,
    faces_confirm,
    faces_dismiss,
    faces_reject,
    person_cover,
    person_details,
    person_hide,
    person_show,
    person_split,
)
from faces.services.people.naming import faces_name, person_named
from faces.services.reviewing.merging import people_merge
from faces.tasks import enqueue_regrouping
from faces.views.merging import TWICE, merge_question
from faces.views.people import beside_context
from faces.views.people_errors import people_errors_shown
from faces.views.undo_toast import undo_toast

BIRTH_DATE = forms.DateField(required=False, validators=[validate_birth_date])


@action_view
def faces_act(request: HttpRequest) -> HttpResponse:
    """Edit the selected faces. POST: face (ids), action, who (a name, for `move`)."""
    user = current_user(request)
    ids = posted_ids(request, "face")
    if not ids:
        messages.error(request, _("Select at least one face first."))
        return redirect_back(request, otherwise="faces:people")
    action = FACE_ACTIONS.get(request.POST.get("action", ""))
    faces = list(Face.objects.visible_to(user).filter(pk__in=ids).select_related("person").order_by("pk"))
    if action is None or len(faces) < len(ids):
        messages.error(request, _("A face no longer exists, or the form is incomplete."))
    else:
        with people_errors_shown(request):
            undo_toast(request, action(user, faces, request.POST.get("who", "")), by=user)
    return redirect_back(request, otherwise="faces:people")


def _move(user: User, faces: list[Face], who: str) -> str:
    if not who.strip():
        return _moved(faces, str(called(faces_assign(faces=faces, person=None, by=user))))
    return _moved(faces, faces_name(faces=faces, name=who, by=user).name)


def _moved(faces: list[Face], name: str) -> str:
    text = ngettext("%(count)s face moved to %(name)s", "%(count)s faces moved to %(name)s", len(faces))
    return text % {"count": len(faces), "name": name}


def _split(user: User, faces: list[Face], _who: str) -> str:
    person = faces[0].person
    if person is None or any(face.person_id != person.pk for face in faces):
        raise NotOfThisPerson([face.pk for face in faces])
    person_split(person=person, faces=faces, by=user)
    return _moved(faces, _("a new person"))


def _confirm(user: User, faces: list[Face], _who: str) -> str:
    faces_confirm(faces=faces, by=user)
    text = ngettext("%(count)s face confirmed", "%(count)s faces confirmed", len(faces))
    return text % {"count": len(faces)}


def _reject(user: User, faces: list[Face], _who: str) -> str:
    faces_reject(faces=faces, by=user)
    text = ngettext(
        "%(count)s face removed from this person",
        "%(count)s faces removed from this person",
        len(faces),
    )
    return text % {"count": len(faces)}


def _dismiss(user: User, faces: list[Face], _who: str) -> str:
    faces_dismiss(faces=faces, by=user)
    text = ngettext("%(count)s face removed", "%(count)s faces removed", len(faces))
    return text % {"count": len(faces)}


def _cover(user: User, faces: list[Face], _who: str) -> str:
    person = faces[0].person
    if len(faces) != 1 or person is None:
        raise NotOfThisPerson([face.pk for face in faces])
    person_cover(person=person, face=faces[0], by=user)
    return _("Cover updated")


FACE_ACTIONS: dict[str, Callable[[User, list[Face], str], str]] = {
    "move": _move,
    "split": _split,
    "confirm": _confirm,
    "reject": _reject,
    "dismiss": _dismiss,
    "cover": _cover,
}


@action_view
def merge(request: HtmxRequest, pk: int) -> HttpResponse:
    """Merge a person into another one: `into`, an id, or `who`, a name.

    On the People page, htmx gets the message, and an event that reloads the card of the other person.
    """
    user = current_user(request)
    person = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    into = _merge_target(request, user)
    if into is None or into.pk == person.pk:
        messages.error(request, _("No other person has this name. Choose one from the list."))
        return redirect("faces:person", pk)
    if (question := merge_question(request, [into, person], user)) is not None:
        return question
    contradicted, twice = request.POST.get("contradicted") == "1", request.POST.get("together") == TWICE
    try:
        merged = people_merge(into=into, others=[person], by=user, contradicted=contradicted, twice=twice)
    except PeopleError as error:
        messages.error(request, str(error))
        address = reverse("faces:person", args=[pk])
        if isinstance(error, FactsContradict):
            address = reverse("faces:compare", args=[pk, into.pk]) + "?contradicted=1"
        # htmx would put the page that a redirect leads to into this one.
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    undo_toast(request, _("Merged into %(name)s") % {"name": called(into)}, by=user)
    if request.htmx:
        # Instead of the card of the merged person.
        response = render(request, "faces/_counts_beside.html", beside_context(request, user))
        trigger_client_event(response, "person-changed", {"id": merged.pk})
        return response
    if request.POST.get("from") == "people":
        return redirect("faces:people")
    return redirect("faces:person", merged.pk)


def _merge_target(request: HttpRequest, user: User) -> Person | None:
    key = row_id(request.POST.get("into"))
    if key is not None:
        return Person.objects.visible_to(user).filter(pk=key).first()
    return person_named(owner=user, name=request.POST.get("who", ""))


@action_view
def visibility(request: HttpRequest, pk: int) -> HttpResponse:
    """Hide or show a person. POST: hidden, 1 or 0."""
    user = current_user(request)
    person = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    if request.POST.get("hidden") == "1":
        person_hide(person=person, by=user)
        undo_toast(request, _("Hidden: %(name)s") % {"name": called(person)}, by=user)
    else:
        person_show(person=person, by=user)
        undo_toast(request, _("Shown again: %(name)s") % {"name": called(person)}, by=user)
    return redirect("faces:person", pk)


@action_view
def details(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the person's birth date; an empty one clears it."""
    user = current_user(request)
    person = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    try:
        birth_date = BIRTH_DATE.clean(request.POST.get("birth_date", ""))
    except ValidationError as error:
        unreadable = any(one.code == "invalid" for one in error.error_list)
        example = _("Enter the date as year-month-day, like 2015-06-30.")
        messages.error(request, example if unreadable else " ".join(error.messages))
    else:
        person_details(person=person, birth_date=birth_date, by=user)
        undo_toast(request, _("Saved"), by=user)
    return redirect("faces:person", pk)


@action_view
def repeats(request: HttpRequest, pk: int) -> HttpResponse:
    """Allow or forbid that a person is in a photo twice. POST: allowed, 1 or 0; next."""
    user = current_user(request)
    image = get_object_or_404(Image.objects.owned_by(user), pk=pk)
    allowed = request.POST.get("allowed") == "1"
    try:
        photo_repeats(image=image, allowed=allowed, by=user)
    except NotThere:
        messages.error(request, _("This photo has not been scanned yet."))
    else:
        enqueue_regrouping(user.pk)
        once = _("Each person can now appear only once in this photo")
        twice = _("The same person can now appear twice in this photo")
        messages.success(request, twice if allowed else once)
    return redirect_back(request, otherwise=reverse("albums:photo", args=[pk]))
