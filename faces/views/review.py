"""The review queue: one question at a time, with what is needed to answer it."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from albums.views.viewer import viewer
from faces.exceptions import PeopleError
from faces.services.journal import change_undoable
from faces.services.review import Answer, QuestionGone, answer, questions, skip
from faces.services.review_candidates import Kind
from faces.services.review_evidence import Question

SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it sends, what it says, and the key that presses it."""

    value: str
    label: str
    key: str
    quiet: bool = True


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """Show the next question. POST answers it, or puts it off, and the next one comes."""
    user = viewer(request)
    if request.method == "POST":
        key, said = request.POST.get("key", ""), request.POST.get("answer", "")
        try:
            if said == SKIP:
                skip(owner=user, key=key)
            elif said in set(Answer):
                answer(owner=user, key=key, answer=Answer(said), by=user)
            else:
                messages.error(request, "Choose one of the answers.")
        except QuestionGone:
            messages.info(request, "That question was no longer open. Here is the next one.")
        except PeopleError as error:
            messages.error(request, str(error))
        return redirect("faces:review")
    queue = questions(owner=user, limit=1)
    question = queue.questions[0] if queue.questions else None
    return render(
        request,
        "faces/review.html",
        {
            "question": question,
            "choices": choices(question) if question else (),
            "open_count": queue.open,
            "complete": queue.complete,
            "undoable": change_undoable(user),
        },
    )


def choices(question: Question) -> list[Choice]:
    """The answers that fit this kind of question, and the way round it."""
    person = next((side.person for side in question.sides if side.person is not None), None)
    name = person.name if person is not None and person.name else ""
    match question.kind:
        case Kind.SAME_PERSON:
            said = [("Same person", "y"), ("Two people", "n")]
        case Kind.IS_NAME:
            said = [(f"Yes, {name}", "y"), ("No, somebody else", "n")]
        case Kind.IS_FACE:
            said = [("A face", "y"), ("No face", "n")]
        case Kind.TWICE:
            said = [("Both: a mirror, a collage", "y"), ("Only the first", "n"), ("Only the second", "o")]
    values = [Answer.YES, Answer.NO, Answer.OTHER]
    return [
        *(
            Choice(str(value), label, key, quiet=value is not Answer.YES)
            for value, (label, key) in zip(values, said, strict=False)
        ),
        Choice(SKIP, "Not sure, later", "s"),
    ]
