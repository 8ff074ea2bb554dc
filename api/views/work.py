"""The work in the background: how far it is, what failed, another try."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from albums.services.core.progress import stages, work_left
from api.pagination import By
from api.permissions import FACES
from api.schema import operation
from api.serializers.images import ImagesOut
from api.serializers.work import FailedScanOut, JobsOut, RetryIn
from api.views.base import ApiView
from api.views.images import SOME
from faces.services.detecting.retries import failed_scans, scans_retry
from faces.tasks import enqueue_scans

TAG = "work"
NEWEST_FIRST = (By("id", descending=True),)


class Jobs(ApiView):
    """How far."""

    @operation(
        "jobs_get",
        tag=TAG,
        gives=JobsOut,
        example={
            "busy": True,
            "stages": [
                {
                    "name": "read",
                    "label": "Photos read",
                    "done": 12,
                    "failed": 1,
                    "total": 40,
                    "detail": "",
                    "finished": False,
                }
            ],
        },
    )
    def get(self, _request: Request) -> Response:
        """How far the work on one's photos is, stage by stage."""
        told = {"busy": work_left(self.user.pk), "stages": stages(self.user.pk)}
        return Response(self.shown(JobsOut, told))


class FailedScans(ApiView):
    """What failed."""

    token_scopes = FACES

    @operation(
        "scans_failed",
        tag=TAG,
        gives=FailedScanOut,
        many=True,
        example={
            "image": 512,
            "reason": "unreadable",
            "detail": "The file could not be read.",
            "attempts": 3,
            "finished_at": "2026-05-01T09:30:04Z",
        },
    )
    def get(self, _request: Request) -> Response:
        """Photos in which faces could not be looked for, with the reason."""
        return self.page(FailedScanOut, failed_scans(self.user), NEWEST_FIRST)

    @operation("scans_retry", tag=TAG, takes=RetryIn, gives=ImagesOut, asked=SOME, example=SOME, status=202)
    def post(self, _request: Request) -> Response:
        """Look at such photos, some or all, again. The answer names those that are."""
        ids = scans_retry(owner=self.user, image_ids=self.told(RetryIn)["images"])
        enqueue_scans(ids)
        return Response(self.shown(ImagesOut, {"images": ids}), status=202)
