"""Groupings of faces into people: those that were, another one, and what it would do."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api import throttles
from api.pagination import By
from api.permissions import FACES
from api.schema import BUSY, operation
from api.serializers.work import PlanOut, QueuedOut, ReindexIn, ReindexOut, RunOut
from api.views.base import ApiView
from api.views.lookalike import unavailable
from faces.exceptions import NotThere
from faces.models import ClusteringRun
from faces.services.grouping.plan import Parting
from faces.services.grouping.run import owner_recluster
from faces.services.reindexing.run import reindex_request, reindex_todo
from faces.tasks import cluster_anew
from faces.vision.errors import UnknownModel, VisionError
from faces.vision.weights.table import Purpose, model_matching

TAG = "work"
NEWEST_FIRST = (By("id", descending=True),)
RUN = {
    "id": 31,
    "state": "done",
    "started_at": "2026-05-01T09:30:00Z",
    "finished_at": "2026-05-01T09:30:04Z",
    "embedder": "facenet128",
    "parameters": {"method": "hdbscan leaves, average linkage", "neighbours": "16"},
    "faces": 812,
    "people": 41,
    "waiting": 60,
    "moved": 3,
    "error": "",
}


class Runs(ApiView):
    """Groupings."""

    token_scopes = FACES

    @operation("runs_list", tag=TAG, gives=RunOut, many=True, example=RUN)
    def get(self, _request: Request) -> Response:
        """The groupings of one's faces into people, newest first."""
        return self.page(RunOut, ClusteringRun.objects.filter(owner=self.user), NEWEST_FIRST)

    @operation("run_begin", tag=TAG, gives=QueuedOut, status=202, example={"queued": True})
    def post(self, _request: Request) -> Response:
        """Group all of one's faces again. What was said of them stays."""
        cluster_anew.delay(self.user.pk)
        return Response(self.shown(QueuedOut, {"queued": True}), status=202)


class OneRun(ApiView):
    """One of them."""

    token_scopes = FACES

    @operation("run_get", tag=TAG, gives=RunOut, example=RUN)
    def get(self, _request: Request, pk: int) -> Response:
        """A grouping: with what it was made, and what came out. To undo it see the changes of kind `run`."""
        run = ClusteringRun.objects.filter(owner=self.user, pk=pk).first()
        if run is None:
            raise NotThere("run")
        return Response(self.shown(RunOut, run))


class RunPlan(ApiView):
    """What it would do."""

    token_scopes = FACES
    throttle_kind = throttles.FACES

    @operation(
        "run_plan",
        tag=TAG,
        gives=PlanOut,
        also=BUSY,
        example={
            "faces": 812,
            "people": 41,
            "waiting": 60,
            "moved": 3,
            "made": 0,
            "names_lost": [],
            "splits": [
                {
                    "person": 40,
                    "name": "",
                    "into": [{"person": 40, "faces": 12}, {"person": None, "faces": 2}],
                }
            ],
            "joins": [],
            "parameters": RUN["parameters"],
        },
    )
    def get(self, _request: Request) -> Response:
        """What grouping all faces again would do now. Nothing is done."""
        try:
            plan = owner_recluster(self.user, plan=True)
        except VisionError as error:
            raise unavailable(error) from error
        told = {
            "faces": plan.faces,
            "people": plan.people,
            "waiting": plan.waiting,
            "moved": len(plan.moves),
            "made": plan.made,
            "names_lost": plan.names_lost,
            "splits": [_parting(one) for one in plan.splits],
            "joins": [_parting(one) for one in plan.joins],
            "parameters": plan.parameters,
        }
        return Response(self.shown(PlanOut, told))


def _parting(one: Parting) -> dict[str, Any]:
    """Who is new has no number yet."""
    parts = sorted(one.into.items(), key=lambda item: (-item[1], item[0]))
    into = [{"person": person if person > 0 else None, "faces": count} for person, count in parts]
    return {"person": one.person_id, "name": one.name, "into": into}


class ReindexPlan(ApiView):
    """How much there is to look at."""

    token_scopes = FACES

    @operation(
        "reindex_plan",
        tag=TAG,
        gives=ReindexOut,
        query=[ReindexIn],
        example={
            "detector": "retinaface_mobilenet",
            "embedder": "facenet128",
            "photos": 5120,
            "faces": 231,
        },
    )
    def get(self, _request: Request) -> Response:
        """How much there would be to compute, to look at all photos again with these models.

        Doing it is for who looks after the server: bin/manage reindex.
        """
        asked = self.asked(ReindexIn)
        wanted = reindex_request(
            owner=self.user,
            detector=_model(asked, "detector", Purpose.DETECTOR),
            embedder=_model(asked, "embedder", Purpose.EMBEDDER),
        )
        todo = reindex_todo(wanted)
        told = {
            "detector": wanted.models.detector,
            "embedder": wanted.models.embedder,
            "photos": todo.get("photos", 0),
            "faces": todo["faces"],
        }
        return Response(self.shown(ReindexOut, told))


def _model(asked: dict[str, Any], name: str, purpose: Purpose) -> str | None:
    """The model that is meant; None: as it is. Raises ValidationError for one that there is not."""
    if name not in asked:
        return None
    try:
        return model_matching(asked[name], purpose).name
    except UnknownModel as error:
        raise ValidationError({name: [_("There is no model of this name.")]}) from error
