"""The review queue."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import FACES
from api.schema import operation
from api.serializers.review import AnswersIn, AnswersOut, ReviewIn, ReviewOut, SkipIn, SkipOut
from api.views.base import ApiView
from api.views.changes import NAMED
from faces.services.reviewing.queue import Answer, answers, questions, skip, skip_undo

TAG = "review"
KEY = "same:12:40"
QUEUE = {
    "open": 31,
    "complete": True,
    "results": [
        {
            "key": KEY,
            "kind": "same",
            "text": "Is this Anna Castillo, too?",
            "settles": 14,
            "probability": 0.87,
            "skipped": False,
            "sides": [
                {
                    "person": {"id": 12, "name": "Anna Castillo"},
                    "face_count": 230,
                    "faces": [{"face": 881, "image": 512, "confirmed": True, "probability": 0.91}],
                },
                {
                    "person": {"id": 40, "name": ""},
                    "face_count": 14,
                    "faces": [{"face": 2210, "image": 1733, "confirmed": False, "probability": 0.88}],
                },
            ],
        }
    ],
}


class Review(ApiView):
    """The queue."""

    token_scopes = FACES

    @operation("review_list", tag=TAG, gives=ReviewOut, query=[ReviewIn], example=QUEUE)
    def get(self, _request: Request) -> Response:
        """The next questions: most faces for an answer first, skipped ones last."""
        queue = questions(owner=self.user, limit=self.asked(ReviewIn)["limit"])
        found = {"open": queue.open, "complete": queue.complete, "results": queue.questions}
        return Response(self.shown(ReviewOut, found))


class Answers(ApiView):
    """Answering."""

    token_scopes = FACES

    @operation(
        "review_answer",
        tag=TAG,
        takes=AnswersIn,
        gives=AnswersOut,
        asked={"answers": [{"key": KEY, "answer": "yes"}]},
        example={"change": NAMED, "given": [KEY], "gone": []},
    )
    def post(self, _request: Request) -> Response:
        """Answer questions, as one change. Those that are no longer open are left out, and named."""
        given = [(one["key"], Answer(one["answer"])) for one in self.told(AnswersIn)["answers"]]
        return Response(self.shown(AnswersOut, answers(owner=self.user, given=given, by=self.user)))


class Skips(ApiView):
    """Putting off."""

    token_scopes = FACES

    @operation("review_skip", tag=TAG, takes=SkipIn, gives=SkipOut, asked={"key": KEY}, example={"key": KEY})
    def post(self, _request: Request) -> Response:
        """Put a question off: it comes back after all others."""
        told = self.told(SkipIn)
        skip(owner=self.user, key=told["key"])
        return Response(self.shown(SkipOut, told))


class OneSkip(ApiView):
    """Taking back that a question was put off."""

    token_scopes = FACES

    @operation("review_skip_undo", tag=TAG, status=204)
    def delete(self, _request: Request, key: str) -> Response:
        """Ask a question in its place again."""
        skip_undo(owner=self.user, key=key)
        return Response(status=204)
