"""Edits of several people at once, and the comparison of two."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from albums.http.current_user import current_user
from albums.http.decorators import action_view, page_view
from albums.http.htmx import HtmxRequest
from albums.http.id_params import posted_ids
from faces.exceptions import QuestionGone
from faces.models import Face, Person
from faces.services.people.edits import called
from faces.services.people.index import likeness, people_index
from faces.services.reviewing.bulk import people_mark_apart, people_set_hidden
from faces.services.reviewing.merging import people_merge
from faces.views.cards import person_cards
from faces.views.merging import TWICE, merge_question
from faces.views.people_errors import people_errors_shown
from faces.views.undo_toast import undo_toast

FACES_COMPARED = 8


@action_view
def people_act(request: HtmxRequest) -> HttpResponse:
    """Edit the selected people. POST: person (ids), action: merge, hide or show."""
    user = current_user(request)
    ids = posted_ids(request, "person")
    if not ids:
        messages.error(request, _("Select at least one person first."))
        return redirect("faces:people")
    selected = list(person_cards(user).filter(pk__in=ids).order_by("pk"))
    action = request.POST.get("action", "")
    if len(selected) < len(ids) or action not in {"merge", "hide", "show"}:
        messages.error(request, _("A person no longer exists, or the form is incomplete."))
        return redirect("faces:people")
    if action == "merge":
        return _merge_several(request, user, selected)
    done = people_set_hidden(people=selected, hidden=action == "hide", by=user)
    undo_toast(request, str(done), by=user)
    return redirect("faces:people")


def _merge_several(request: HtmxRequest, user: User, people: list[Any]) -> HttpResponse:
    """Merge people, the largest group first. If several have names, ask which one to keep."""
    if len(people) < 2:
        messages.error(request, _("Select two or more people to merge."))
        return redirect("faces:people")
    largest_first = sorted(people, key=lambda person: -person.face_count)
    named = [person for person in largest_first if person.name]
    into = next((person for person in people if str(person.pk) == request.POST.get("into")), None)
    if into is None and len(named) > 1:
        return render(request, "faces/merge_several.html", {"people": largest_first, "named": named})
    into = into or (named or largest_first)[0]
    others = [person for person in people if person != into]
    if (question := merge_question(request, [into, *others], user, of_list=True)) is not None:
        return question
    with people_errors_shown(request):
        merged = people_merge(into=into, others=others, by=user, twice=request.POST.get("together") == TWICE)
        undo_toast(request, _("Merged into %(name)s") % {"name": called(merged)}, by=user)
    return redirect("faces:people")


@page_view
def compare(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """Show two people side by side, to merge them or to keep them apart."""
    user = current_user(request)
    cards = person_cards(user)
    sides = [get_object_or_404(cards, pk=person_id) for person_id in (pk, other_pk)]
    stays, goes = sorted(sides, key=lambda person: (not person.name, -person.face_count, person.pk))
    faces = Face.objects.visible_to(user).best_first()
    context = {
        "sides": [
            {"person": person, "faces": faces.of_person(person)[:FACES_COMPARED]} for person in (stays, goes)
        ],
        "stays": stays,
        "goes": goes,
        "shown": sides[0],
        "probability": likeness(people_index(user), pk, other_pk),
    }
    return render(request, "faces/compare.html", context)


@action_view
def apart(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """Record that two people are different, so that the review queue does not ask."""
    user = current_user(request)
    people = Person.objects.visible_to(user)
    one, other = get_object_or_404(people, pk=pk), get_object_or_404(people, pk=other_pk)
    with people_errors_shown(request):
        try:
            people_mark_apart(one=one, other=other, by=user)
        except QuestionGone:
            messages.info(request, _("They are already two people."))
        else:
            undo_toast(request, _("Kept two people apart"), by=user)
    return redirect("faces:person", pk)
