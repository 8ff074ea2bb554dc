"""Files of the library: which ones exist, the processing of recent ones, and retries."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from albums.models import Image, Upload
from albums.services.uploading.retries import images_retry
from albums.services.uploading.upload_progress import batch_stages
from albums.tasks import enqueue_reading
from api.examples import VALUES
from api.schema import Operation
from api.serializers.images import ImagesOut, RetryIn
from api.serializers.jobs import BatchIn, BatchOut
from api.serializers.uploads import HashesIn, HashesOut
from api.views.base import ApiView
from api.views.images import SOME_IMAGES, ImageView


class KnownImages(ImageView):
    """Find files that are in the library."""

    @Operation(
        "images_known",
        request=HashesIn,
        response=HashesOut,
        request_example={"sha256": [VALUES["sha256"]]},
    )
    def post(self) -> dict[str, Any]:
        """Find which files are in the account's library, by their hashes."""
        hashes = self.validated_body(HashesIn)["sha256"]
        images = Image.objects.filter(owner=self.user, sha256__in=hashes).order_by("pk")
        images = images.only("sha256", "state").annotate(binned=Q(binned_at__isnull=False))
        return {"known": images}


class RetryImages(ImageView):
    """Process refused files again."""

    @Operation("images_retry", request=RetryIn, response=ImagesOut, request_example=SOME_IMAGES, status=202)
    def post(self) -> dict[str, list[int]]:
        """Process refused files again, some or all of them. The response lists the files that were queued."""
        ids = images_retry(owner=self.user, image_ids=self.validated_body(RetryIn)["images"])
        enqueue_reading(ids)
        return {"images": ids}


class RecentProgress(ApiView):
    """Retrieve the progress of recent photos."""

    tag = "uploads"

    @Operation("uploads_so_far", response=BatchOut, parameters=[BatchIn])
    def get(self) -> dict[str, Any]:
        """Retrieve the progress of processing the photos uploaded since a given time."""
        since = min(self.validated_query(BatchIn)["since"], timezone.now())
        stages = batch_stages(owner=self.user, since=since)
        unpacking = Upload.objects.visible_to(self.user).unpacking().exists()
        return {"busy": unpacking or any(not stage.finished for stage in stages), "stages": stages}
