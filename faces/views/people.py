"""The people of an account: all of them, naming, and what is done with several at once."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from albums.http.current_user import current_user
from albums.http.htmx import HtmxRequest
from faces.forms import PersonNameForm
from faces.models import Face, Person
from faces.services.history.history import change_undoable
from faces.services.people.edits import person_name
from faces.services.people.name_search import free_name, people_matching
from faces.services.people.stats import stats_refresh
from faces.views.cards import for_cards

PEOPLE_PER_PAGE = 120
# More names than this are not offered while one is typed.
NAMES_OFFERED = 2000


def names_offered(user: User) -> list[str]:
    """Names to choose from while one is typed."""
    named = Person.objects.visible_to(user).named().order_by(Lower("name"), "pk")
    return list(named.values_list("name", flat=True)[:NAMES_OFFERED])


@never_cache
@login_required
@require_safe
def people(request: HtmxRequest) -> HttpResponse:
    """Named people by name, then groups without a name, the largest first. A fixed number of queries.

    `q` leaves those whose name has it. htmx gets cards alone: of a further page, or of what was typed.
    """
    user = current_user(request)
    stats_refresh(owner_id=user.pk)
    hidden = request.GET.get("hidden") == "1"
    query = request.GET.get("q", "").strip()[:200]
    mine = Person.objects.visible_to(user).worth_showing()
    page = Paginator(ordered(user, hidden=hidden, query=query), PEOPLE_PER_PAGE).get_page(
        request.GET.get("page")
    )
    counts = mine.aggregate(
        named=Count("pk", filter=Q(hidden=False) & ~Q(name="")),
        unnamed=Count("pk", filter=Q(hidden=False, name="")),
        hidden=Count("pk", filter=Q(hidden=True)),
    )
    context: dict[str, Any] = {
        "page": page,
        "first_unnamed": None if hidden else _first_unnamed(page, named=counts["named"]),
        "hidden": hidden,
        "query": query,
        "waiting_count": Face.objects.visible_to(user).unassigned().count(),
    }
    if request.htmx:
        return render(request, "faces/_people_cards.html", context)
    context |= {f"{kind}_count": number for kind, number in counts.items()}
    return render(request, "faces/people.html", context | {"undoable": change_undoable(user)})


def _first_unnamed(page: Page[Any], *, named: int) -> int | None:
    """The id of the very first group without a name, when it is on this page: its heading goes before it."""
    before = page.start_index() - 1
    if before > named:
        return None
    return next((one.pk for one in page.object_list if not one.name), None)


def ordered(user: User, *, hidden: bool, query: str) -> QuerySet[Any]:
    """The cards of people, named ones first, then the largest groups; `query` is a part of a name."""
    shown = Person.objects.visible_to(user).worth_showing().filter(hidden=hidden)
    if query:
        shown = shown.filter(pk__in=people_matching(owner=user, text=query))
    unnamed_last = Case(When(name="", then=Value(1)), default=Value(0), output_field=IntegerField())
    return for_cards(shown).order_by(unnamed_last, Lower("name"), "-face_count", "pk")


@never_cache
@login_required
@require_safe
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """One card of the grid, as it is now."""
    return person_card(request, pk)


def person_card(request: HttpRequest, pk: int, *, form: PersonNameForm | None = None) -> HttpResponse:
    """The card with the last change beside it, for htmx to put both in their places."""
    user = current_user(request)
    stats_refresh(owner_id=user.pk)
    shown = get_object_or_404(for_cards(Person.objects.visible_to(user)), pk=pk)
    context = {"person": shown, "form": form, "undoable": change_undoable(user), "next": "/people/"}
    return render(request, "faces/_person_card_alone.html", context)


@login_required
@require_POST
def name(request: HtmxRequest, pk: int) -> HttpResponse:
    """Give somebody a name. When another person has it already, ask whether the two are one."""
    user = current_user(request)
    shown = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    form = PersonNameForm(request.POST, user=user, person=shown)
    if form.is_valid():
        named = person_name(person=shown, name=form.cleaned_data["name"], by=user)
        if request.htmx:
            return person_card(request, named.pk)
        messages.success(request, _("Saved: %(name)s") % {"name": named.name})
        return redirect("faces:people") if _from_grid(request) else redirect("faces:person", named.pk)
    if form.namesake is not None:
        return _offer(request, shown, form.namesake)
    if request.htmx:
        # 200, for htmx puts only successful answers into the page.
        return person_card(request, pk, form=form)
    return render(request, "faces/name_refused.html", {"person": shown, "form": form}, status=400)


def _from_grid(request: HttpRequest) -> bool:
    return request.POST.get("from") == "people"


def _offer(request: HtmxRequest, shown: Person, namesake: Person) -> HttpResponse:
    user = current_user(request)
    stats_refresh(owner_id=user.pk)
    rows = for_cards(Person.objects.visible_to(user).filter(pk__in=[shown.pk, namesake.pk])).in_bulk()
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
