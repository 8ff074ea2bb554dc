"""The page of a person: photos over time, faces, related people."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import OrderBy, OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from pgvector.django import MaxInnerProduct

from albums.http.current_user import current_user
from albums.http.decorators import form_view, page_view
from albums.http.htmx import HtmxRequest
from albums.ordering import NEWEST_FIRST
from albums.views.selection_bar import list_bar
from albums.views.tiles import tile_page
from faces.models import Face, FaceEmbedding, Person, PersonStats
from faces.services.attributes.ages import years_between
from faces.services.attributes.timeline import age_timeline
from faces.services.people.co_occurrence import seen_with
from faces.services.people.index import people_index, similar_people
from faces.services.people.person_albums import album_of_person
from faces.views.cards import person_cards
from faces.views.people import name
from faces.views.person_photos import photos_of, photos_span

FACES_PER_PAGE = 120
CO_OCCURRING = 12
SIMILAR = 6


@form_view
def person(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show the person's photos by date; POST names the person. htmx gets the tiles of a further page."""
    if request.method == "POST":
        return name(request, pk)
    user = current_user(request)
    shown = get_object_or_404(person_cards(user), pk=pk)
    query = f"?person={shown.pk}"
    cursor = request.GET.get("after", "")
    page = tile_page(photos_of(shown), NEWEST_FIRST, cursor=cursor, context_query=query)
    if request.htmx:
        return render(request, "albums/_tiles.html", {"page": page})
    context = {"page": page, "tab": "photos", "bar": list_bar(user, query=query)}
    return render(request, "faces/person.html", _header(shown) | context)


@page_view
def person_faces(request: HtmxRequest, pk: int) -> HttpResponse:
    """List the person's faces, the clearest first; with ?order=uncertain the least similar first.

    htmx gets the faces of a further page.
    """
    user = current_user(request)
    shown = get_object_or_404(person_cards(user), pk=pk)
    least_similar_first = "order" in request.GET
    faces = Face.objects.visible_to(user).of_person(shown).with_confirmed()
    ordered = _least_similar_first(faces, shown) if least_similar_first else faces.best_first()
    page = Paginator(ordered, FACES_PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page": page, "person": shown, "least_similar_first": least_similar_first}
    if request.htmx:
        return render(request, "faces/_person_face_items.html", context)
    return render(request, "faces/person.html", _header(shown) | context | {"tab": "faces"})


@page_view
def person_around(request: HtmxRequest, pk: int) -> HttpResponse:
    """List people who look like this one, and people in the same photos. htmx gets the lists alone."""
    user = current_user(request)
    cards = person_cards(user)
    shown = get_object_or_404(cards, pk=pk)
    near = similar_people(people_index(user), shown.pk, count=SIMILAR)
    together = seen_with(owner=user, person=shown, count=CO_OCCURRING)
    people = cards.in_bulk({group.person_id for group, _ in near} | together.keys())
    context = {
        "person": shown,
        "alike": [(people[group.person_id], likely) for group, likely in near if group.person_id in people],
        "together": [(people[other], photos) for other, photos in together.items() if other in people],
    }
    if request.htmx:
        return render(request, "faces/_person_around.html", context)
    return render(request, "faces/person.html", _header(shown) | context | {"tab": "around"})


def _header(shown: Any) -> dict[str, Any]:
    """Return the context of the part above the tabs. shown: a row of `person_cards`."""
    first, last = photos_span(shown)
    return {
        "person": shown,
        "first": first,
        "last": last,
        "ages": _ages(shown.birth_date, first, last),
        "timeline": age_timeline(shown, count=shown.face_count),
        "smart_album": album_of_person(shown),
    }


def _ages(born: date | None, first: date | None, last: date | None) -> tuple[int, int] | None:
    """Return the ages in whole years on the first and the last photo; None before birth or without a date."""
    if born is None or first is None or last is None or last < born:
        return None
    return years_between(born, max(first, born)), years_between(born, last)


def _least_similar_first(faces: Any, shown: Person) -> Any:
    """Order unconfirmed faces before confirmed ones, and each by distance from the person's mean vector."""
    stats = PersonStats.objects.filter(person=shown, mean__isnull=False).first()
    if stats is None:
        return faces.order_by("confirmed", "quality", "pk")
    embeddings = FaceEmbedding.objects.filter(face=OuterRef("pk"), model=stats.model)
    distance = Subquery(embeddings.values_list(MaxInnerProduct("vector", stats.mean))[:1])
    return faces.order_by("confirmed", OrderBy(distance, descending=True, nulls_last=True), "pk")
