"""The people of an account: all of them, one of them, and naming."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from albums.models import Image
from albums.views.tiles import page_number, tile_page
from albums.views.viewer import viewer
from faces.forms import PersonNameForm
from faces.models import Face, Person, Verdict
from faces.querysets import PersonQuerySet
from faces.services.journal import change_undoable
from faces.services.people import person_name
from faces.views.wording import sentence

PEOPLE_PER_PAGE = 120
FACES_SHOWN = 36
# With ?faces=all: more than this are a matter for the photos below.
MOST_FACES_SHOWN = 1000
# More names than this are not offered while one is typed.
NAMES_OFFERED = 2000


def _best_face() -> QuerySet[Face, int]:
    best = Face.objects.present().filter(person=OuterRef("pk")).exclude(crop="").best_first()
    return best.values_list("pk", flat=True)[:1]


def for_cards(people: PersonQuerySet) -> QuerySet[Any]:
    """Annotate what a card shows: `face_count`, `photo_count`, `shown_face_id` (the cover or best face)."""
    # A cover in the bin stays the cover, and is not shown.
    cover = Case(When(cover__binned=False, then=F("cover_id")))
    cards: QuerySet[Any] = people.with_counts().annotate(
        shown_face_id=Coalesce(cover, Subquery(_best_face()))
    )
    return cards


def names_offered(user: User) -> list[str]:
    """Names to choose from while one is typed."""
    named = Person.objects.visible_to(user).named().order_by(Lower("name"), "pk")
    return list(named.values_list("name", flat=True)[:NAMES_OFFERED])


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Named people by name, then groups without a name, the largest first. A fixed number of queries."""
    user = viewer(request)
    hidden = request.GET.get("hidden") == "1"
    mine = Person.objects.visible_to(user).worth_showing()
    counts = mine.aggregate(
        named=Count("pk", filter=Q(hidden=False) & ~Q(name="")),
        unnamed=Count("pk", filter=Q(hidden=False, name="")),
        hidden=Count("pk", filter=Q(hidden=True)),
    )
    unnamed_last = Case(When(name="", then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = for_cards(mine.filter(hidden=hidden)).order_by(unnamed_last, Lower("name"), "-face_count", "pk")
    page = Paginator(rows, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "faces/people.html",
        {
            "page": page,
            "hidden": hidden,
            "named_count": counts["named"],
            "unnamed_count": counts["unnamed"],
            "hidden_count": counts["hidden"],
            "waiting_count": Face.objects.visible_to(user).waiting().count(),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: their faces and photos. POST names them; in the grid of people htmx gets the card alone."""
    user = viewer(request)
    shown = get_object_or_404(Person.objects.visible_to(user).select_related("cover"), pk=pk)
    is_htmx = bool(request.headers.get("HX-Request"))
    if request.method != "POST":
        return _person_page(
            request, shown, PersonNameForm(user=user, person=shown, initial={"name": shown.name})
        )
    form = PersonNameForm(request.POST, user=user, person=shown)
    if form.is_valid():
        named = person_name(person=shown, name=form.cleaned_data["name"], by=user)
        if is_htmx:
            return _card(request, named)
        messages.success(request, sentence(f"Saved: {named.name}"))
        if request.POST.get("from") == "people":
            return redirect("faces:people")
        return redirect("faces:person", named.pk)
    if is_htmx:
        # 200, for htmx puts only successful answers into the page.
        return _card(request, shown, form=form)
    return _person_page(request, shown, form, status=400)


def _card(request: HttpRequest, shown: Person, *, form: PersonNameForm | None = None) -> HttpResponse:
    card = get_object_or_404(for_cards(Person.objects.visible_to(viewer(request))), pk=shown.pk)
    context = {"person": card, "form": form, "namesake": form and form.namesake}
    return render(request, "faces/_person_card.html", context)


def _person_page(
    request: HttpRequest, shown: Person, form: PersonNameForm, *, status: int = 200
) -> HttpResponse:
    user = viewer(request)
    images = (
        Image.objects.visible_to(user)
        .ready()
        .filter(pk__in=Face.objects.filter(person=shown).values("image"))
    )
    page = tile_page(images, number=page_number(request.GET.get("page")), selectable=False, months=False)
    if request.headers.get("HX-Request") and request.method != "POST":
        return render(request, "albums/_tiles.html", {"page": page})
    theirs = Face.objects.visible_to(user).filter(person=shown)
    counts = theirs.aggregate(faces=Count("pk"), photos=Count("image", distinct=True))
    settled = Verdict.objects.filter(face=OuterRef("pk"), kind=Verdict.Kind.IS)
    shown_at_most = MOST_FACES_SHOWN if request.GET.get("faces") == "all" else FACES_SHOWN
    faces = list(
        theirs.exclude(crop="")
        .select_related("image")
        .annotate(settled=Exists(settled))
        .best_first()[:shown_at_most]
    )
    return render(
        request,
        "faces/person.html",
        {
            "person": shown,
            "form": form,
            "namesake": form.namesake,
            "page": page,
            "faces": faces,
            "more_faces": max(counts["faces"] - len(faces), 0),
            "face_count": counts["faces"],
            "photo_count": counts["photos"],
            "all_faces": shown_at_most == MOST_FACES_SHOWN,
            "shown_face_id": _shown_face(shown, faces),
            "names": names_offered(user),
            "undoable": change_undoable(user),
        },
        status=status,
    )


def _shown_face(person: Person, best: list[Face]) -> int | None:
    cover = person.cover
    if cover is not None and not cover.binned:
        return cover.pk
    return best[0].pk if best else None
