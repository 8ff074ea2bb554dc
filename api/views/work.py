"""The work in the background: how far it is, what failed, another try; and what this server is."""

from __future__ import annotations

from django.conf import settings
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from albums.services.limits import image_limits, upload_limits
from albums.services.progress import stages, work_left
from api.pagination import By
from api.permissions import FACES
from api.schema import operation
from api.serializers.account import FailedScanOut, JobsOut, QueuedOut, RunOut, ServerOut
from api.serializers.images import ImagesIn, ImagesOut
from api.views.base import ApiView
from api.views.images import SOME
from faces.conf import face_settings
from faces.models import ClusteringRun
from faces.services.retries import scans_failed, scans_retry
from faces.tasks import enqueue_clustering, enqueue_scans

TAG = "work"
NEWEST_FIRST = (By("id", descending=True),)
RUN = {
    "id": 31,
    "state": "done",
    "started_at": "2026-05-01T09:30:00Z",
    "finished_at": "2026-05-01T09:30:04Z",
    "embedder": "facenet128",
    "parameters": {"distance": 0.57},
    "faces": 812,
    "people": 41,
    "waiting": 60,
    "moved": 3,
    "error": "",
}


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
            "finished_at": RUN["finished_at"],
        },
    )
    def get(self, _request: Request) -> Response:
        """Photos in which faces could not be looked for, with the reason."""
        return self.page(FailedScanOut, scans_failed(self.user), NEWEST_FIRST)

    @operation("scans_retry", tag=TAG, takes=ImagesIn, gives=ImagesOut, asked=SOME, example=SOME, status=202)
    def post(self, _request: Request) -> Response:
        """Look at such photos again. The answer names those that are."""
        ids = scans_retry(owner=self.user, image_ids=self.told(ImagesIn)["images"])
        enqueue_scans(ids)
        return Response(self.shown(ImagesOut, {"images": ids}), status=202)


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
        enqueue_clustering(self.user.pk)
        return Response(self.shown(QueuedOut, {"queued": True}), status=202)


class Server(ApiView):
    """What this server is."""

    permission_classes = (AllowAny,)

    @operation(
        "server_get",
        tag="server",
        gives=ServerOut,
        visitors=True,
        example={
            "name": "Trombine",
            "api": "1",
            "languages": ["en", "fr", "es"],
            "detector": "retinaface_mobilenet",
            "embedder": "facenet128",
            "limits": {
                "file_bytes": 524288000,
                "piece_bytes": 8388608,
                "uploads_under_way": 200,
                "bin_days": 30,
            },
        },
    )
    def get(self, _request: Request) -> Response:
        """What this server is, and how much it takes at once. Nobody need be signed in."""
        models, uploads = face_settings(), upload_limits()
        told = {
            "name": "Trombine",
            "api": "1",
            "languages": [code for code, _name in settings.LANGUAGES],
            "detector": models.detector,
            "embedder": models.embedder,
            "limits": {
                "file_bytes": image_limits().max_bytes,
                "piece_bytes": uploads.piece_bytes,
                "uploads_under_way": uploads.most_files,
                "bin_days": settings.BIN_DAYS,
            },
        }
        return Response(self.shown(ServerOut, told))
