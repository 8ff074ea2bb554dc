"""Selection of a stored face: first the person, then one of their faces.

Both steps are pages of the form that needs the face, and carry its values in hidden fields.
"""

from typing import Any

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from albums.http.current_user import current_user
from albums.services.core.row_ids import row_id
from faces.models import Face, Person
from faces.views.people import people_in_order

PER_PAGE = 60


def face_picker(
    request: HttpRequest, *, action: str, back: str, side: str, label: str, held: dict[str, str]
) -> HttpResponse:
    """Show the user's people, or with POST `person` the faces of one.

    action, back: the address of the form, and the words of the button that returns to it.
    side: the field to fill; selecting a face posts `choose`, "side:face". held: values of hidden fields.
    Also reads q, a part of a name, and page: "number" of the people or "number:person" of the faces.
    """
    user = current_user(request)
    number, _colon, person_of_page = request.POST.get("page", "").partition(":")
    person_id = row_id(request.POST.get("person", "") or person_of_page)
    context = _faces(user, person_id) if person_id else _people(request, user)
    context["page"] = Paginator(context.pop("rows"), PER_PAGE).get_page(number)
    context |= {"action": action, "back": back, "side": side, "label": label, "held": held}
    return render(request, "faces/verify_pick.html", context)


def _people(request: HttpRequest, user: User) -> dict[str, Any]:
    query = request.POST.get("q", "").strip()
    return {"query": query, "rows": people_in_order(user, hidden=False, query=query)}


def _faces(user: User, person_id: int) -> dict[str, Any]:
    person = get_object_or_404(Person.objects.visible_to(user), pk=person_id)
    faces = Face.objects.visible_to(user).of_person(person)
    return {"person": person, "rows": faces.best_first(), "page_suffix": f":{person.pk}"}
