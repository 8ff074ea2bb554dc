"""Files that are, or were to be, photos: which are there already, what became of them, another try."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from albums.models import Image, UnpackedFile, Upload
from albums.services.uploading.retries import images_retry
from albums.services.uploading.upload_progress import batch_stages
from albums.tasks import enqueue_reading
from api.pagination import By
from api.schema import operation
from api.serializers.images import ImagesOut
from api.serializers.uploads import HashesIn, HashesOut, UnpackedFileOut
from api.serializers.work import RetryIn, SoFarIn, SoFarOut
from api.views.base import ApiView
from api.views.images import BEACH, SOME
from api.views.images import TAG as IMAGES
from api.views.uploads import TAG

BY_POSITION = (By("position"), By("id"))


class Known(ApiView):
    """What need not be sent."""

    @operation(
        "images_known",
        tag=IMAGES,
        takes=HashesIn,
        gives=HashesOut,
        asked={"sha256": [BEACH["sha256"]]},
        example={"known": [{"sha256": BEACH["sha256"], "image": 512, "state": "ready", "binned": False}]},
    )
    def post(self, _request: Request) -> Response:
        """Which of these files are among one's own already, by their digests. Others' are never told of."""
        rows = Image.objects.filter(owner=self.user, sha256__in=self.told(HashesIn)["sha256"]).order_by("pk")
        known = [
            {"sha256": one.sha256, "image": one.pk, "state": one.state, "binned": one.binned_at is not None}
            for one in rows.only("sha256", "state", "binned_at")
        ]
        return Response(self.shown(HashesOut, {"known": known}))


class Retry(ApiView):
    """Refused files once more."""

    @operation(
        "images_retry", tag=IMAGES, takes=RetryIn, gives=ImagesOut, asked=SOME, example=SOME, status=202
    )
    def post(self, _request: Request) -> Response:
        """Read refused files, some or all, once more: the reason may be gone. The answer names which."""
        ids: list[Any] = images_retry(owner=self.user, image_ids=self.told(RetryIn)["images"])
        enqueue_reading(ids)
        return Response(self.shown(ImagesOut, {"images": ids}), status=202)


class Unpacked(ApiView):
    """What was in a zip."""

    @operation(
        "upload_files",
        tag=TAG,
        gives=UnpackedFileOut,
        many=True,
        example={
            "position": 3,
            "name": "2024/notes.txt",
            "status": "refused",
            "image": None,
            "reason": "not_an_image",
            "detail": "This is not a picture that can be read.",
        },
    )
    def get(self, _request: Request, pk: uuid.UUID) -> Response:
        """The files of a zip that was sent, with what became of each."""
        upload = Upload.objects.visible_to(self.user).filter(pk=pk).first()
        if upload is None:
            raise Http404
        return self.page(UnpackedFileOut, UnpackedFile.objects.filter(upload=upload), BY_POSITION)


class SoFar(ApiView):
    """How far."""

    @operation(
        "uploads_so_far",
        tag=TAG,
        gives=SoFarOut,
        query=[SoFarIn],
        example={
            "busy": True,
            "stages": [{"words": "12 of 40 photos read", "done": 12, "total": 40, "finished": False}],
        },
    )
    def get(self, _request: Request) -> Response:
        """How far the work on what came in since a moment is."""
        since = min(self.asked(SoFarIn)["since"], timezone.now())
        stages = batch_stages(owner=self.user, since=since)
        unpacking = Upload.objects.visible_to(self.user).unpacking().exists()
        busy = unpacking or any(not one.finished for one in stages)
        return Response(self.shown(SoFarOut, {"busy": busy, "stages": stages}))
