"""Completion of names."""

from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from albums.http.current_user import current_user
from albums.http.decorators import page_view
from faces.services.people.name_search import people_matching
from faces.views.cards import person_cards

NAMES_OFFERED = 8


@page_view
def names(request: HttpRequest) -> JsonResponse:
    """Return the people whose name matches `q`, best first: id, name, crop (an address or empty), faces."""
    user = current_user(request)
    found = people_matching(owner=user, text=request.GET.get("q", "")[:200])[:NAMES_OFFERED]
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
    return JsonResponse({"people": people})
