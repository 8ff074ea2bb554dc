"""The review queue."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.permissions import FACES
from api.rows import asking
from api.serializers import AnswersIn, ChangeOut, QuestionOut, SkipIn
from faces.services.review import Answer, answers, questions, skip

LIMIT = serializers.IntegerField(min_value=1, max_value=100)
DEFAULT_LIMIT = 20


class Review(APIView):
    """GET: the next questions (`?limit=20`, at most 100), most faces for an answer first, skipped ones last.

    `open` counts the questions; when not `complete`, single faces were not counted, and follow.
    """

    token_scopes = FACES

    def get(self, request: Request) -> Response:
        """The questions."""
        limit = LIMIT.run_validation(request.query_params.get("limit", DEFAULT_LIMIT))
        queue = questions(owner=asking(request), limit=limit)
        found = QuestionOut(queue.questions, many=True).data
        return Response({"open": queue.open, "complete": queue.complete, "results": found})


class Answers(APIView):
    """POST `{"answers": [{"key": "...", "answer": "yes"}]}`: answer questions, as one change.

    `yes`, `no`, or `other` (two of somebody in one photo: only the second). Returns the change (null when
    nothing differs), the keys that were taken, and those of questions that were no longer open.
    """

    token_scopes = FACES

    def post(self, request: Request) -> Response:
        """Answer them."""
        told = AnswersIn(data=request.data)
        told.is_valid(raise_exception=True)
        user = asking(request)
        given = [(one["key"], Answer(one["answer"])) for one in told.validated_data["answers"]]
        done = answers(owner=user, given=given, by=user)
        change = ChangeOut(done.change).data if done.change else None
        return Response({"change": change, "given": done.given, "gone": done.gone})


class Skips(APIView):
    """POST `{"key": "..."}`: put a question off. It comes back after all others."""

    token_scopes = FACES

    def post(self, request: Request) -> Response:
        """Put it off."""
        told = SkipIn(data=request.data)
        told.is_valid(raise_exception=True)
        skip(owner=asking(request), key=told.validated_data["key"])
        return Response({"skipped": told.validated_data["key"]})
