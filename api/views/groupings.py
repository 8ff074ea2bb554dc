"""Groupings of faces into people: list, start and preview them; and the extent of a reindex."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from albums.ordering import BY_ID_DESCENDING
from albums.pagination import Page
from api.schema import BUSY, Operation
from api.serializers.jobs import PlanOut, QueuedOut, ReindexOut, ReindexQuery, RunOut
from api.views.base import FacesView, ModelView
from config.sending import send_at_once
from faces.models import ClusteringRun
from faces.services.grouping.plan import Plan
from faces.services.grouping.run import owner_plan
from faces.services.reindexing.run import reindex_pending, reindex_request
from faces.tasks import cluster_anew
from faces.vision.errors import UnknownModel
from faces.vision.weights.table import Purpose, name_matching


class Runs(FacesView):
    """List and start groupings."""

    tag = "jobs"

    @Operation("runs_list", response=RunOut, many=True)
    def get(self) -> Page:
        """List the groupings of the account's faces, newest first."""
        return self.page(ClusteringRun.objects.filter(owner=self.user), BY_ID_DESCENDING)

    @Operation("run_begin", response=QueuedOut, status=202)
    def post(self) -> dict[str, bool]:
        """Group all faces of the account again. Users' decisions are preserved."""
        send_at_once(cluster_anew, self.user.pk)
        return {"queued": True}


class RunDetail(FacesView):
    """Retrieve a grouping."""

    tag = "jobs"

    @Operation("run_get", response=RunOut)
    def get(self, pk: int) -> ClusteringRun:
        """Retrieve the parameters and results of a grouping.

        It can be undone with its change, of the kind `run`.
        """
        return get_object_or_404(ClusteringRun, owner=self.user, pk=pk)


class RunPlan(ModelView):
    """Preview a grouping."""

    tag = "jobs"

    @Operation("run_plan", response=PlanOut, errors=BUSY)
    def get(self) -> Plan:
        """Preview what grouping all faces again would change."""
        return owner_plan(self.user)


class ReindexPlan(FacesView):
    """Preview a reindex."""

    tag = "jobs"

    @Operation("reindex_plan", response=ReindexOut, parameters=[ReindexQuery], example={"faces": 231})
    def get(self) -> dict[str, Any]:
        """Preview how many photos and faces a reindex with other models would process.

        An administrator can start it with `bin/manage reindex`.
        """
        query = self.validated_query(ReindexQuery)
        detector, embedder = (
            _model(query, "detector", Purpose.DETECTOR),
            _model(query, "embedder", Purpose.EMBEDDER),
        )
        request = reindex_request(owner=self.user, detector=detector, embedder=embedder)
        todo = reindex_pending(request)
        models = {"detector": request.models.detector, "embedder": request.models.embedder}
        return {**models, "photos": todo.get("photos", 0), "faces": todo["faces"]}


def _model(query: dict[str, Any], name: str, purpose: Purpose) -> str | None:
    """Return the requested model, None for the account's. Raises ValidationError for an unknown one."""
    if name not in query:
        return None
    try:
        return name_matching(query[name], purpose)
    except UnknownModel as error:
        raise ValidationError({name: [_("Unknown model.")]}) from error
