"""The review queue: questions about people and faces, and the answers."""

from api.examples import VALUES
from api.schema import Operation
from api.serializers.review import AnswersIn, AnswersOut, ReviewOut, ReviewQuery, SkipIn, SkipOut
from api.views.base import FacesView
from faces.services.reviewing.answering import Answer, Answered, answer_regroups, answers
from faces.services.reviewing.queue import Queue, questions, skip, skip_undo
from faces.tasks import enqueue_regrouping

KEY = VALUES["key"]


class Review(FacesView):
    """Retrieve the review queue."""

    tag = "review"

    @Operation("review_list", response=ReviewOut, parameters=[ReviewQuery])
    def get(self) -> Queue:
        """Retrieve the next questions.

        Likely ones come first, by the faces that an answer is expected to settle; skipped ones last.
        """
        return questions(owner=self.user, **self.validated_query(ReviewQuery))


class Answers(FacesView):
    """Answer questions."""

    tag = "review"

    @Operation(
        "review_answer",
        request=AnswersIn,
        response=AnswersOut,
        request_example={"answers": [{"key": KEY, "answer": "yes"}]},
        example={"given": [KEY]},
    )
    def post(self) -> Answered:
        """Answer questions, recorded as one change.

        Questions that are no longer open are not answered, and listed in the response.
        """
        data = self.validated_body(AnswersIn)["answers"]
        given = [(one["key"], Answer(one["answer"])) for one in data]
        marked = {one["key"]: one["faces"] for one in data}
        answered = answers(owner=self.user, given=given, by=self.user, marked=marked)
        if any(map(answer_regroups, answered.given)):
            enqueue_regrouping(self.user.pk)
        return answered


class Skips(FacesView):
    """Skip a question."""

    tag = "review"

    @Operation("review_skip", request=SkipIn, response=SkipOut, request_example={"key": KEY})
    def post(self) -> dict[str, str]:
        """Skip a question: it moves to the end of the queue."""
        data = self.validated_body(SkipIn)
        skip(owner=self.user, key=data["key"])
        return data


class SkipDetail(FacesView):
    """Undo the skipping of a question."""

    tag = "review"

    @Operation("review_skip_undo")
    def delete(self, key: str) -> None:
        """Return a skipped question to its place in the queue."""
        skip_undo(owner=self.user, key=key)
