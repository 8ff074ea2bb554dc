"""Completion of names."""

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from albums.http.current_user import current_user
from albums.http.decorators import page_view
from albums.services.core.row_ids import row_id
from faces.models import Person
from faces.services.people.name_search import people_matching
from faces.services.people.sidecar_names import sidecar_names
from faces.views.cards import person_cards

NAMES_OFFERED = 8


@page_view
def names(request: HttpRequest) -> JsonResponse:
    """Return the people whose name matches `q`, best first: id, name, crop (an address or empty), faces.

    suggested: with the id of a person as `person`, names that another program had in their photos.
    """
    user = current_user(request)
    text, person_id = request.GET.get("q", "")[:200], row_id(request.GET.get("person"))
    # A field that is empty needs the suggestions alone.
    found = people_matching(owner=user, text=text)[:NAMES_OFFERED] if text or not person_id else []
    rows = person_cards(user).in_bulk(found)
    people = [
        {
            "id": row.pk,
            "name": row.name,
            "crop": reverse("faces:crop", args=[row.shown_face_id]) if row.shown_face_id else "",
            "faces": row.face_count,
        }
        for row in (rows[pk] for pk in found if pk in rows)
    ]
    named = Person.objects.visible_to(user).filter(pk=person_id).first() if person_id else None
    suggested = [asdict(one) for one in sidecar_names(named)] if named else []
    return JsonResponse({"people": people, "suggested": suggested})
