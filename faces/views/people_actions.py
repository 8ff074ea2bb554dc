"""What is done with several people at once, and with two who may be one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from albums.forms import IdsField
from albums.http.current_user import current_user
from faces.exceptions import PeopleError, QuestionGone
from faces.models import Face, Person
from faces.services.people.edits import called, person_merge
from faces.services.people.index import likeness, people_index
from faces.services.people.stats import stats_refresh
from faces.services.reviewing.bulk import people_mark_apart, people_set_hidden
from faces.views.cards import for_cards

FACES_COMPARED = 8


@login_required
@require_POST
def people_act(request: HttpRequest) -> HttpResponse:
    """Do something with the chosen people. POST: person (ids), action: merge, hide or show."""
    user = current_user(request)
    try:
        ids = set(IdsField().clean(request.POST.getlist("person")))
    except ValidationError:
        messages.error(request, _("Select at least one person first."))
        return redirect("faces:people")
    chosen = list(Person.objects.visible_to(user).filter(pk__in=ids).order_by("pk"))
    action = request.POST.get("action", "")
    if len(chosen) < len(ids) or action not in {"merge", "hide", "show"}:
        messages.error(request, _("A person no longer exists, or the form is incomplete."))
        return redirect("faces:people")
    if action == "merge":
        return _merge_several(request, user, chosen)
    done = people_set_hidden(people=chosen, hidden=action == "hide", by=user)
    messages.success(request, str(done))
    return redirect("faces:people")


def _merge_several(request: HttpRequest, user: User, chosen: list[Person]) -> HttpResponse:
    """Merge at once when it is clear whose name stays; otherwise ask."""
    if len(chosen) < 2:
        messages.error(request, _("Select two or more people to merge."))
        return redirect("faces:people")
    stats_refresh(owner_id=user.pk)
    mine = Person.objects.visible_to(user)
    cards = list(for_cards(mine.filter(pk__in=[one.pk for one in chosen])).order_by("-face_count", "pk"))
    named = [one for one in cards if one.name]
    stays = next((one for one in cards if str(one.pk) == request.POST.get("into")), None)
    if stays is None and len(named) > 1:
        return render(request, "faces/merge_several.html", {"people": cards, "named": named})
    stays = stays or next(iter(named), cards[0])
    try:
        merged = person_merge(into=stays, others=[one for one in chosen if one.pk != stays.pk], by=user)
    except PeopleError as error:
        messages.error(request, str(error))
        return redirect("faces:people")
    messages.success(request, _("Merged into %(name)s") % {"name": called(merged)})
    return redirect("faces:people")


@never_cache
@login_required
@require_safe
def compare(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """Two people side by side, to say whether they are one."""
    user = current_user(request)
    known = people_index(user)
    cards = for_cards(Person.objects.visible_to(user))
    sides = [get_object_or_404(cards, pk=one) for one in (pk, other_pk)]
    stays, goes = sorted(sides, key=lambda one: (not one.name, -one.face_count, one.pk))
    return render(
        request,
        "faces/compare.html",
        {
            "sides": [{"person": side, "faces": _faces_of(user, side)} for side in (stays, goes)],
            "stays": stays,
            "goes": goes,
            "shown": sides[0],
            "probability": likeness(known, pk, other_pk),
        },
    )


def _faces_of(user: User, person: Person) -> list[Face]:
    theirs = Face.objects.visible_to(user).present().filter(person=person).exclude(crop="")
    return list(theirs.select_related("image").best_first()[:FACES_COMPARED])


@login_required
@require_POST
def apart(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """Say that two people are two, so that nobody asks again."""
    user = current_user(request)
    mine = Person.objects.visible_to(user)
    one, other = get_object_or_404(mine, pk=pk), get_object_or_404(mine, pk=other_pk)
    try:
        people_mark_apart(one=one, other=other, by=user)
        messages.success(request, _("Kept two people apart"))
    except QuestionGone:
        messages.info(request, _("They are already two people."))
    except PeopleError as error:
        messages.error(request, str(error))
    return redirect("faces:person", pk)
