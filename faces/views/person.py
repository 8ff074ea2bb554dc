"""One person: their photos over time, their faces, and who is around them."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Exists, Max, Min, OrderBy, OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from pgvector.django import MaxInnerProduct

from albums.http.current_user import current_user
from albums.http.htmx import HtmxRequest
from albums.models import Image
from albums.ordering import NEWEST_FIRST
from albums.querysets import ImageQuerySet
from albums.views.selection_bar import library_bar
from albums.views.tiles import tile_page
from faces.models import Face, FaceEmbedding, Person, PersonStats, Verdict
from faces.querysets import FaceQuerySet
from faces.services.history.history import change_undoable
from faces.services.people.co_occurrence import seen_with
from faces.services.people.index import people_index, similar_people
from faces.services.people.stats import stats_refresh
from faces.views.cards import for_cards
from faces.views.people import name

FACES_PER_PAGE = 120
PEOPLE_AROUND = 12
PEOPLE_ALIKE = 6


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HtmxRequest, pk: int) -> HttpResponse:
    """Their photos by date. POST names them. htmx asks for further pages, and gets the tiles alone."""
    if request.method == "POST":
        return name(request, pk)
    user = current_user(request)
    shown = _person(user, pk)
    photos = _photos(user, shown)
    query = f"?person={shown.pk}"
    page = tile_page(photos, NEWEST_FIRST, cursor=request.GET.get("after", ""), context_query=query)
    if request.htmx:
        return render(request, "albums/_tiles.html", {"page": page})
    context = {"page": page, "tab": "photos", "bar": library_bar(user, query=query)}
    return render(request, "faces/person.html", _head(user, shown) | context)


@never_cache
@login_required
@require_safe
def person_faces(request: HtmxRequest, pk: int) -> HttpResponse:
    """Their faces to tick, the clearest first; with ?order=doubtful those least like the others first."""
    user = current_user(request)
    shown = _person(user, pk)
    doubtful = request.GET.get("order") == "doubtful"
    settled = Verdict.objects.filter(face=OuterRef("pk"), kind=Verdict.Kind.IS)
    theirs = Face.objects.visible_to(user).present().filter(person=shown).exclude(crop="")
    ordered = _doubtful_first(theirs, shown) if doubtful else theirs.best_first()
    faces = ordered.select_related("image").annotate(settled=Exists(settled))
    page = Paginator(faces, FACES_PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page": page, "person": shown, "doubtful": doubtful}
    if request.htmx:
        return render(request, "faces/_person_face_items.html", context)
    return render(request, "faces/person.html", _head(user, shown) | context | {"tab": "faces"})


@never_cache
@login_required
@require_safe
def person_around(request: HtmxRequest, pk: int) -> HttpResponse:
    """People who look like this one, and people who are often seen with them. htmx gets the lists alone."""
    user = current_user(request)
    shown = _person(user, pk)
    near = similar_people(people_index(user), shown.pk, count=PEOPLE_ALIKE)
    together = seen_with(owner=user, person=shown, count=PEOPLE_AROUND)
    wanted = {group.person_id for group, _ in near} | together.keys()
    cards = for_cards(Person.objects.visible_to(user).filter(pk__in=wanted)).in_bulk()
    context = {
        "person": shown,
        "alike": [(cards[group.person_id], likely) for group, likely in near if group.person_id in cards],
        "together": [(cards[other], photos) for other, photos in together.items() if other in cards],
    }
    if request.htmx:
        return render(request, "faces/_person_around.html", context)
    return render(request, "faces/person.html", _head(user, shown) | context | {"tab": "around"})


def _person(user: User, pk: int) -> Any:
    stats_refresh(owner_id=user.pk)
    return get_object_or_404(for_cards(Person.objects.visible_to(user)), pk=pk)


def _photos(user: User, shown: Person) -> ImageQuerySet:
    theirs = Face.objects.filter(person=shown, dismissed=False, binned=False)
    return Image.objects.owned_by(user).ready().filter(pk__in=theirs.values("image"))


def _head(user: User, shown: Person) -> dict[str, Any]:
    """What stands above every tab."""
    span = _photos(user, shown).order_by().aggregate(first=Min("captured_at"), last=Max("captured_at"))
    first, last = (timezone.localtime(one).date() if one else None for one in (span["first"], span["last"]))
    return {
        "person": shown,
        "first": first,
        "last": last,
        "ages": _ages(shown.birth_date, first, last),
        "undoable": change_undoable(user),
    }


def _ages(born: date | None, first: date | None, last: date | None) -> tuple[int, int] | None:
    """In whole years on the first and the last photo; nothing before the birth or without a date."""
    if born is None or first is None or last is None or last < born:
        return None
    return _age(born, max(first, born)), _age(born, last)


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _doubtful_first(faces: FaceQuerySet, shown: Person) -> FaceQuerySet:
    """Those that nobody confirmed first, the farthest from the mean of all before the others."""
    confirmed = Exists(Verdict.objects.filter(face=OuterRef("pk"), kind=Verdict.Kind.IS))
    stats = PersonStats.objects.filter(person=shown, mean__isnull=False).first()
    if stats is None:
        return faces.order_by(confirmed, "quality", "pk")
    ours = FaceEmbedding.objects.filter(face=OuterRef("pk"), model=stats.model)
    far = Subquery(ours.values_list(MaxInnerProduct("vector", stats.mean))[:1])
    return faces.order_by(confirmed, OrderBy(far, descending=True, nulls_last=True), "pk")
