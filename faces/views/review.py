"""The review queue: one question at a time, with what is needed to answer it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from albums.http.current_user import current_user
from faces.exceptions import PeopleError, QuestionGone
from faces.question_texts import question_text
from faces.services.history.history import change_undoable
from faces.services.reviewing.candidates import Kind
from faces.services.reviewing.evidence import Question
from faces.services.reviewing.queue import Answer, answer, questions, skip

SKIP = "skip"
NAME_ON_A_BUTTON = 24
"""Letters of a name that a button has room for; the whole name stands above it."""

LABELS = {
    Kind.TWICE: (gettext_lazy("First"), gettext_lazy("Second")),
    Kind.MIXED: (gettext_lazy("These"), gettext_lazy("And these")),
}
"""What sides are called that are nobody yet."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it sends, what it says, and the keys that press it."""

    value: str
    label: str
    key: str
    arrow: str = ""

    @property
    def quiet(self) -> bool:
        """Whether another button is the one that stands out."""
        return self.value != Answer.YES


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """Show the next question. POST answers it, or puts it off, and the next one comes."""
    user = current_user(request)
    if request.method == "POST":
        key, said = request.POST.get("key", ""), request.POST.get("answer", "")
        try:
            if said == SKIP:
                skip(owner=user, key=key)
            elif said in set(Answer):
                answer(owner=user, key=key, answer=Answer(said), by=user)
            else:
                messages.error(request, _("Choose one of the answers."))
        except QuestionGone:
            messages.info(request, _("That question was no longer open. Here is the next one."))
        except PeopleError as error:
            messages.error(request, str(error))
        return redirect("faces:review")
    queue = questions(owner=user, limit=1)
    question = queue.questions[0] if queue.questions else None
    return render(
        request,
        "faces/review.html",
        {
            **(shown(question) if question else {}),
            "open_count": queue.open,
            "complete": queue.complete,
            "undoable": change_undoable(user),
        },
    )


def shown(question: Question) -> dict[str, Any]:
    """What the template of a question needs."""
    return {
        "question": question,
        "text": question_text(question),
        "choices": choices(question),
        "sides": _labelled(question),
    }


def _labelled(question: Question) -> list[dict[str, Any]]:
    """The sides with words for those that are nobody yet."""
    labels = iter(LABELS.get(question.kind, ()))
    return [
        {"side": side, "label": "" if side.person else str(next(labels, _("This face")))}
        for side in question.sides
    ]


def choices(question: Question) -> list[Choice]:
    """The answers that fit this kind of question, and the way round it."""
    person = next((side.person for side in question.sides if side.person is not None), None)
    name = person.name if person is not None and person.name else ""
    match question.kind:
        case Kind.SAME_PERSON | Kind.MIXED:
            said = [_("Same person"), _("Two people")]
        case Kind.IS_NAME:
            said = [
                _("Yes, %(name)s") % {"name": Truncator(name).chars(NAME_ON_A_BUTTON)},
                _("No, someone else"),
            ]
        case Kind.IS_FACE:
            said = [_("A face"), _("Not a face")]
        case Kind.TWICE:
            said = [_("Both (mirror or collage)"), _("Only the first"), _("Only the second")]
    answers = [(Answer.YES, "y", "ArrowRight"), (Answer.NO, "n", "ArrowLeft"), (Answer.OTHER, "o", "")]
    return [
        *(
            Choice(str(value), label, key, arrow)
            for (value, key, arrow), label in zip(answers, said, strict=False)
        ),
        Choice(SKIP, _("Skip"), "s"),
    ]
