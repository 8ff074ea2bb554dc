"""The People page, and naming a person."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Q, Value, When
from django.db.models.functions import Lower, NullIf
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from albums.http.current_user import current_user
from albums.http.decorators import action_view, page_view
from albums.http.htmx import HtmxRequest
from faces.forms import PersonNameForm
from faces.models import Face, Person
from faces.services.core.consent import recognition_enabled
from faces.services.people.edits import person_name
from faces.services.people.index import UNCLEAR
from faces.services.people.name_search import free_name, people_matching
from faces.views.cards import person_cards
from faces.views.decorators import recognition_required
from faces.views.undo_toast import undo_toast

PEOPLE_PER_PAGE = 60
PEOPLE_FOUND = 8


@recognition_required
@page_view
def people(request: HtmxRequest) -> HttpResponse:
    """List named people by name, then unnamed groups by size. `q` filters by name; `hidden` is 0 or 1.

    htmx gets the cards alone, of a further page or of a filter.
    """
    user = current_user(request)
    hidden = request.GET.get("hidden") == "1"
    query = request.GET.get("q", "").strip()[:200]
    rows = people_in_order(user, hidden=hidden, query=query)
    page = Paginator(rows, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    counts = people_counts(user)
    context: dict[str, Any] = {
        "page": page,
        "first_unnamed": None if hidden else _first_unnamed(page, named=counts["named_count"]),
        "hidden": hidden,
        "query": query,
        **counts,
    }
    if request.htmx:
        return render(request, "faces/_people_cards.html", context)
    return render(request, "faces/people.html", context)


def people_counts(user: User) -> dict[str, int]:
    """Return the counts of people that are named, unnamed and hidden, and of unassigned faces."""
    people = Person.objects.visible_to(user).worth_showing()
    counts = people.aggregate(
        named_count=Count("pk", filter=Q(hidden=False) & ~Q(name="")),
        unnamed_count=Count("pk", filter=Q(hidden=False, name="")),
        hidden_count=Count("pk", filter=Q(hidden=True)),
    )
    return {**counts, "waiting_count": Face.objects.visible_to(user).unassigned().count()}


def beside_context(request: HtmxRequest, user: User) -> dict[str, Any]:
    """Return the context of what htmx replaces beside a card: the counts."""
    return {
        "hidden": "hidden=1" in (request.htmx.current_url or ""),
        **people_counts(user),
    }


def _first_unnamed(page: Page[Any], *, named: int) -> int | None:
    """Return the id of the first unnamed group, before which the heading stands, if it is on this page."""
    before = page.start_index() - 1
    if before > named:
        return None
    return next((one.pk for one in page.object_list if not one.name), None)


def people_in_order(user: User, *, hidden: bool, query: str) -> Any:
    """Return the cards of named people by name, then of unnamed groups by size, unclear ones last.

    query: part of a name.
    """
    cards = person_cards(user).worth_showing().filter(hidden=hidden)
    if query:
        cards = cards.filter(pk__in=people_matching(owner=user, text=query))
    by_name = NullIf(Lower("name"), Value("")).asc(nulls_last=True)
    unclear = Q(name="", stats__clarity__lt=UNCLEAR)
    return cards.order_by(by_name, Case(When(unclear, then=1), default=0), "-face_count", "pk")


@page_view
def found(request: HtmxRequest) -> HttpResponse:
    """Return the largest groups as a fragment, which the upload page shows as they appear."""
    user = current_user(request)
    people: list[Any] = []
    if recognition_enabled(user.pk):
        shown = person_cards(user).worth_showing().filter(hidden=False)
        people = list(shown.order_by("-face_count", "pk")[:PEOPLE_FOUND])
    return render(request, "faces/_people_found.html", {"people": people})


@page_view
def card(request: HtmxRequest, pk: int) -> HttpResponse:
    """Return one card of the grid."""
    return person_card(request, pk)


def person_card(request: HtmxRequest, pk: int, *, form: PersonNameForm | None = None) -> HttpResponse:
    """Render a card with the messages of its change, for htmx."""
    user = current_user(request)
    shown = get_object_or_404(person_cards(user), pk=pk)
    context = {"person": shown, "form": form, **beside_context(request, user)}
    return render(request, "faces/_person_card_alone.html", context)


@action_view
def name(request: HtmxRequest, pk: int) -> HttpResponse:
    """Name a person. If another person has the name, ask whether to merge the two."""
    user = current_user(request)
    shown = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    form = PersonNameForm(request.POST, user=user, person=shown)
    if form.is_valid():
        named = person_name(person=shown, name=form.cleaned_data["name"], by=user)
        undo_toast(request, _("Saved: %(name)s") % {"name": named.name}, by=user)
        return _named(request, named)
    if form.namesake is not None:
        return _merge_offer(request, shown, form.namesake)
    if not request.htmx:
        return render(request, "faces/name_refused.html", {"person": shown, "form": form}, status=400)
    # 200: htmx ignores the body of an error.
    if _from_grid(request):
        return person_card(request, pk, form=form)
    messages.error(request, " ".join(map(str, form.errors["name"])))
    return render(request, "components/_new_messages.html")


def _named(request: HtmxRequest, person: Person) -> HttpResponse:
    """Return to the page where the name was typed."""
    if not request.htmx:
        return redirect("faces:people") if _from_grid(request) else redirect("faces:person", person.pk)
    return person_card(request, person.pk) if _from_grid(request) else HttpResponseClientRefresh()


def _from_grid(request: HtmxRequest) -> bool:
    return request.POST.get("from") == "people"


def _merge_offer(request: HtmxRequest, shown: Person, namesake: Person) -> HttpResponse:
    user = current_user(request)
    rows = person_cards(user).in_bulk([shown.pk, namesake.pk])
    context = {
        "person": rows[shown.pk],
        "namesake": rows[namesake.pk],
        "free_name": free_name(owner=user, name=namesake.name),
        "from": "people" if _from_grid(request) else "",
    }
    if not request.htmx:
        return render(request, "faces/same_name.html", context, status=409)
    response = render(request, "faces/_merge_offer.html", context)
    response.headers["HX-Retarget"] = "#dialog-content"
    response.headers["HX-Reswap"] = "innerHTML"
    return response
