"""Answers of the review queue that are sent in the background, while the next question is already shown.

The page prefetches a few questions and sends their keys with each answer. The response lists which of them
are no longer open because of it, and adds others.
"""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from albums.http.current_user import current_user
from albums.http.decorators import action_view, page_view
from albums.services.core.row_ids import row_id
from faces.exceptions import NameTaken, PeopleError, QuestionGone
from faces.models import Change, Person
from faces.services.history.history import change_recorded, change_undo
from faces.services.people.edits import person_merge, person_name
from faces.services.reviewing.queue import questions, skip_undo
from faces.views.review import named_next, posted_answer_save, question_context, wants_rest
from faces.views.undo_toast import own_change_undoable

QUESTIONS_HELD = 3
"""Questions that a page prefetches beyond the one that is shown."""

MOST_HELD = 10


@page_view
def next_questions(request: HttpRequest) -> JsonResponse:
    """Return the questions after those in `held`."""
    return JsonResponse(_state(request, request.GET.getlist("held")))


@action_view
def answer_question(request: HttpRequest) -> JsonResponse:
    """Answer or skip a question. POST: key, answer, face, held, rest.

    outcome: done, gone (the question was no longer open) or refused, with a message. change: the id to undo.
    name: the form for the name of the person whom the answer is about, or empty.
    """
    user = current_user(request)
    reply: dict[str, Any] = {"outcome": "done", "message": "", "change": None, "name": ""}
    try:
        change = posted_answer_save(request, user)
        reply["change"] = change and change.pk
        if change is not None and (person := named_next(request, user)):
            reply["name"] = render_to_string("faces/_review_name.html", {"to_name": person}, request=request)
    except QuestionGone:
        message = _("Your last question was already resolved by another answer.")
        reply |= {"outcome": "gone", "message": message}
    except PeopleError as error:
        reply |= {"outcome": "refused", "message": str(error)}
    return JsonResponse(reply | _state(request, request.POST.getlist("held")))


@action_view
def name_person(request: HttpRequest) -> JsonResponse:
    """Name the person of an answer. POST: person, name, merge (1: into the person of this name), held, rest.

    outcome: done, taken (another person has the name) or refused, with a message. change: the id to undo.
    """
    user = current_user(request)
    person = get_object_or_404(Person.objects.visible_to(user), pk=row_id(request.POST.get("person")) or 0)
    reply: dict[str, Any] = {"outcome": "done", "change": None}
    try:
        with change_recorded(owner=user, by=user, kind=Change.Kind.NAME, faces=(), people=()) as change:
            named = _named(person, request.POST.get("name", ""), user, merge=request.POST.get("merge") == "1")
        reply |= {"change": change.pk, "message": _("Saved: %(name)s") % {"name": named.name}}
    except NameTaken as taken:
        reply |= {"outcome": "taken", "message": str(taken)}
    except PeopleError as error:
        reply |= {"outcome": "refused", "message": str(error)}
    return JsonResponse(reply | _state(request, request.POST.getlist("held")))


def _named(person: Person, name: str, user: User, *, merge: bool) -> Person:
    try:
        return person_name(person=person, name=name, by=user)
    except NameTaken as taken:
        if not merge:
            raise
        return person_merge(into=Person.objects.get(pk=taken.namesake_id), others=[person], by=user)


@action_view
def undo_answer(request: HttpRequest) -> JsonResponse:
    """Undo an answer: `change`, its id, or `key`, a skipped question."""
    user = current_user(request)
    reply: dict[str, Any] = {"outcome": "done", "message": ""}
    change_id = row_id(request.POST.get("change", "")) or 0
    change = Change.objects.filter(owner=user, pk=change_id).defer("rows").first()
    try:
        if change is not None:
            change_undo(change=change, by=user)
        elif key := request.POST.get("key", ""):
            skip_undo(owner=user, key=key)
        else:
            reply |= {"outcome": "refused", "message": _("There is nothing to undo.")}
    except PeopleError as error:
        reply |= {"outcome": "refused", "message": str(error)}
    return JsonResponse(reply | _state(request, request.POST.getlist("held")))


def _state(request: HttpRequest, held: list[str]) -> dict[str, Any]:
    """Return the number of open questions, the held ones that are gone, and more to prefetch."""
    user = current_user(request)
    held = held[:MOST_HELD]
    limit = max(QUESTIONS_HELD + 1 - len(held), 1)
    queue = questions(owner=user, limit=limit, held=held, rest=wants_rest(request))
    undo = {"undoable": own_change_undoable(user), "keys": True, "next": reverse("faces:review")}
    return {
        "open": queue.open,
        "unlikely": queue.unlikely,
        "gone": list(queue.gone),
        "undo": render_to_string("faces/_undo.html", undo, request=request),
        "questions": [
            {
                "key": question.key,
                "html": render_to_string(
                    "faces/_review_question.html", question_context(question), request=request
                ),
            }
            for question in queue.questions
        ],
    }
