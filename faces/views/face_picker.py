"""Choosing one of the faces that are stored: first whose it is, then which of theirs.

Both steps are pages of the form that asks for the face: whatever it holds goes along, and comes back to it.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from albums.http.current_user import current_user
from albums.services.core.row_ids import row_id
from faces.models import Face, Person
from faces.services.people.stats import stats_refresh
from faces.views.people import ordered

PEOPLE_PER_PAGE = 60
FACES_PER_PAGE = 60


def face_picker(request: HttpRequest, *, side: str, label: str, held: dict[str, str]) -> HttpResponse:
    """The people of who asks, or with POST `person` the faces of one.

    side: what the answer is for; a press on a face posts it as `choose`, "side:face". held: hidden fields.
    Also reads q, a part of a name, and page, "number" of the people or "number:person" of the faces.
    """
    user = current_user(request)
    number, _colon, turned = request.POST.get("page", "").partition(":")
    person_id = row_id(request.POST.get("person", "") or turned)
    context = _faces(user, person_id, number) if person_id else _people(request, user, number)
    context |= {"side": side, "label": label, "held": held}
    return render(request, "faces/verify_pick.html", context)


def _people(request: HttpRequest, user: User, number: str) -> dict[str, Any]:
    stats_refresh(owner_id=user.pk)
    query = request.POST.get("q", "").strip()
    rows = ordered(user, hidden=False, query=query)
    return {"query": query, "page": Paginator(rows, PEOPLE_PER_PAGE).get_page(number)}


def _faces(user: User, person_id: int, number: str) -> dict[str, Any]:
    person = get_object_or_404(Person.objects.visible_to(user), pk=person_id)
    theirs = Face.objects.visible_to(user).present().filter(person=person).exclude(crop="")
    rows = theirs.best_first().select_related("image")
    page = Paginator(rows, FACES_PER_PAGE).get_page(number)
    return {"person": person, "page": page, "page_suffix": f":{person.pk}"}
