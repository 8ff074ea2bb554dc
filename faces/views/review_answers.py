"""Answers of the review queue sent in the background, while the next question is shown already.

The page holds a few questions that come next. Each answer names them, and the reply says which of them are no
longer open because of it, and gives others in their place: so that nobody is asked what was just answered.
"""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from albums.http.current_user import current_user
from albums.services.core.row_ids import row_id
from faces.exceptions import PeopleError, QuestionGone
from faces.models import Change
from faces.services.history.history import change_undo, change_undoable
from faces.services.reviewing.queue import Answer, answer, questions, skip, skip_undo
from faces.views.review import SKIP, shown

QUESTIONS_HELD = 3
"""So many questions a page holds beyond the one that is shown."""

MOST_HELD = 10


@never_cache
@login_required
@require_safe
def following(request: HttpRequest) -> JsonResponse:
    """The questions that come after those in `held`."""
    return JsonResponse(_state(request, request.GET.getlist("held")))


@login_required
@require_POST
def answered(request: HttpRequest) -> JsonResponse:
    """Answer a question, or put it off. POST: key, answer, held.

    outcome: done, gone (it was no longer open) or refused, with a message that says why. change: its id, for
    the way back.
    """
    user = current_user(request)
    key, said = request.POST.get("key", ""), request.POST.get("answer", "")
    reply: dict[str, Any] = {"outcome": "done", "message": "", "change": None}
    try:
        if said == SKIP:
            skip(owner=user, key=key)
        elif said in set(Answer):
            change = answer(owner=user, key=key, answer=Answer(said), by=user)
            reply["change"] = change and change.pk
        else:
            reply |= {"outcome": "refused", "message": _("Choose one of the answers.")}
    except QuestionGone:
        words = _("Your last question was already resolved by another answer.")
        reply |= {"outcome": "gone", "message": words}
    except PeopleError as error:
        reply |= {"outcome": "refused", "message": str(error)}
    return JsonResponse(reply | _state(request, request.POST.getlist("held")))


@login_required
@require_POST
def undone(request: HttpRequest) -> JsonResponse:
    """Take an answer back: `change`, its id, or `key`, a question that was put off."""
    user = current_user(request)
    reply: dict[str, Any] = {"outcome": "done", "message": ""}
    change = _change(user, request.POST.get("change", ""))
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


def _change(user: User, key: str) -> Change | None:
    return Change.objects.filter(owner=user, pk=row_id(key) or 0).defer("rows").first()


def _state(request: HttpRequest, held: list[str]) -> dict[str, Any]:
    """How many questions are open, which of those held are gone, and as many more as there is room for."""
    user = current_user(request)
    held = held[:MOST_HELD]
    queue = questions(owner=user, limit=max(QUESTIONS_HELD + 1 - len(held), 1), held=held)
    undo = {"undoable": change_undoable(user), "keys": True, "next": reverse("faces:review")}
    return {
        "open": queue.open,
        "complete": queue.complete,
        "gone": list(queue.gone),
        "undo": render_to_string("faces/_undo.html", undo, request=request),
        "questions": [
            {
                "key": one.key,
                "html": render_to_string("faces/_review_question.html", shown(one), request=request),
            }
            for one in queue.questions
        ],
    }
