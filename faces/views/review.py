"""The review queue: one question at a time."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from albums.http.current_user import current_user
from albums.http.decorators import form_view
from albums.http.id_params import posted_ids
from albums.services.core.row_ids import row_id
from faces.exceptions import PeopleError, QuestionGone
from faces.models import Change, Person
from faces.question_texts import question_text
from faces.services.reviewing.answering import Answer, answer, answer_regroups, person_to_name
from faces.services.reviewing.evidence import Question
from faces.services.reviewing.kinds import Kind
from faces.services.reviewing.queue import questions, skip
from faces.tasks import enqueue_regrouping
from faces.views.decorators import recognition_required
from faces.views.people_errors import people_errors_shown
from faces.views.undo_toast import own_change_undoable

SKIP = "skip"
NAME_ON_A_BUTTON = 24
"""Characters of a name that fit on a button; the full name stands above it."""

FIRST_AND_SECOND = (gettext_lazy("First"), gettext_lazy("Second"))
LABELS = {
    Kind.TWICE: FIRST_AND_SECOND,
    Kind.AGAIN: FIRST_AND_SECOND,
    Kind.MIXED: (gettext_lazy("These"), gettext_lazy("And these")),
    Kind.IS_FACE: (gettext_lazy("This face"),),
}
"""Labels of sides without a person."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button with its value and its keyboard shortcuts."""

    value: str
    label: str
    key: str
    arrow: str = ""

    @property
    def quiet(self) -> bool:
        """Return whether another button is the primary one."""
        return self.value != Answer.YES


class UnknownAnswer(PeopleError):
    """The posted answer is not one of the choices."""

    default_message = gettext_lazy("Choose one of the answers.")


@recognition_required
@form_view
def review(request: HttpRequest) -> HttpResponse:
    """Show the next question; POST answers or skips it.

    rest: also ask what most likely changes nothing. name: id of a person who may be named beside it.
    """
    user, rest = current_user(request), wants_rest(request)
    if request.method == "POST":
        parameters = {"rest": "1"} if rest else {}
        with people_errors_shown(request):
            try:
                if person := _answered(request, user):
                    parameters["name"] = str(person.pk)
            except QuestionGone:
                messages.info(request, _("That question was no longer open. Here is the next one."))
        return redirect(f"{reverse('faces:review')}?{urlencode(parameters)}".rstrip("?"))
    queue = questions(owner=user, limit=1, rest=rest)
    context: dict[str, Any] = question_context(queue.questions[0]) if queue.questions else {}
    person_id = row_id(request.GET.get("name")) or 0
    unnamed = Person.objects.visible_to(user).filter(pk=person_id, name="").with_shown_face()
    context |= {
        "open_count": queue.open,
        "unlikely": queue.unlikely,
        "rest": rest,
        "to_name": unnamed.first() if person_id else None,
        "undoable": own_change_undoable(user),
    }
    return render(request, "faces/review.html", context)


def wants_rest(request: HttpRequest) -> bool:
    """Return whether a request is also for the questions that most likely change nothing."""
    return (request.POST if request.method == "POST" else request.GET).get("rest") == "1"


def _answered(request: HttpRequest, user: User) -> Person | None:
    """Save the posted answer; return the person who may be named now."""
    change = posted_answer_save(request, user)
    return named_next(request, user) if change is not None else None


def named_next(request: HttpRequest, user: User) -> Any:
    """Return the person of the posted answer who has no name and seems known, with a face to show."""
    if request.POST.get("answer") != Answer.YES:
        return None
    person = person_to_name(owner=user, key=request.POST.get("key", ""))
    return person and Person.objects.filter(pk=person.pk).with_shown_face().first()


def posted_answer_save(request: HttpRequest, user: User) -> Change | None:
    """Save the answer to a question, or skip it. POST: key, answer, face (ids). Raises PeopleError."""
    key, value = request.POST.get("key", ""), request.POST.get("answer", "")
    if value == SKIP:
        skip(owner=user, key=key)
        return None
    if value not in set(Answer):
        raise UnknownAnswer
    change = answer(owner=user, key=key, answer=Answer(value), by=user, marked=posted_ids(request, "face"))
    if answer_regroups(key):
        enqueue_regrouping(user.pk)
    return change


def question_context(question: Question) -> dict[str, Any]:
    """Return the context for the template of a question."""
    return {
        "question": question,
        "text": question_text(question),
        "choices": choices(question),
        "sides": _labelled(question),
    }


def _labelled(question: Question) -> list[dict[str, Any]]:
    """Return the sides, with labels for those without a person."""
    labels = iter(LABELS.get(question.kind, ()))
    return [
        {"side": side, "label": "" if side.person else str(next(labels, _("This face")))}
        for side in question.sides
    ]


def choices(question: Question) -> list[Choice]:
    """Return the answers to a kind of question, and the button to skip it."""
    person = next((side.person for side in question.sides if side.person is not None), None)
    name = person.name if person is not None and person.name else ""
    match question.kind:
        case Kind.SAME_PERSON | Kind.MIXED:
            labels = [_("Same person"), _("Two people")]
        case Kind.IS_NAME:
            labels = [
                _("Yes, %(name)s") % {"name": Truncator(name).chars(NAME_ON_A_BUTTON)},
                _("No, someone else"),
            ]
        case Kind.IS_FACE if question.settles == 1:
            labels = [_("A face"), _("Not a face")]
        case Kind.IS_FACE:
            labels = [_("Done"), _("None is a face")]
        case Kind.KNOWN:
            labels = [_("Yes"), _("No, stop asking")]
        case Kind.TWICE | Kind.AGAIN:
            labels = [_("Both (mirror or collage)"), _("Only the first"), _("Only the second")]
    answers = [(Answer.YES, "y", "ArrowRight"), (Answer.NO, "n", "ArrowLeft"), (Answer.OTHER, "o", "")]
    given = [
        Choice(str(value), label, key, arrow)
        for (value, key, arrow), label in zip(answers, labels, strict=False)
    ]
    if question.kind in {Kind.SAME_PERSON, Kind.MIXED} and not question.name:
        given.append(Choice(str(Answer.UNKNOWN), _("I don't know these people: stop asking"), "d"))
    return [*given, Choice(SKIP, _("Skip"), "s")]
