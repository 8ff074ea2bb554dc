"""Background jobs: progress, failed scans and retries."""

from typing import Any

from albums.ordering import BY_ID_DESCENDING
from albums.pagination import Page
from albums.services.core.progress import stages, work_left
from api.schema import Operation
from api.serializers.images import ImagesOut, RetryIn
from api.serializers.jobs import FailedScanOut, JobsOut
from api.views.base import ApiView, FacesView
from api.views.images import SOME_IMAGES
from faces.services.detecting.retries import failed_scans, scans_retry
from faces.tasks import enqueue_scans


class Jobs(ApiView):
    """Retrieve the progress of background jobs."""

    tag = "jobs"

    @Operation("jobs_get", response=JobsOut)
    def get(self) -> dict[str, Any]:
        """Retrieve the progress of the jobs for the account's photos, by stage."""
        return {"busy": work_left(self.user.pk), "stages": stages(self.user.pk)}


class FailedScans(FacesView):
    """List and retry failed scans."""

    tag = "jobs"

    @Operation("scans_failed", response=FailedScanOut, many=True)
    def get(self) -> Page:
        """List the photos whose scan for faces failed, with the reasons."""
        return self.page(failed_scans(self.user), BY_ID_DESCENDING)

    @Operation("scans_retry", request=RetryIn, response=ImagesOut, request_example=SOME_IMAGES, status=202)
    def post(self) -> dict[str, list[int]]:
        """Scan photos whose scan failed again, some or all of them.

        The response lists the photos that were queued.
        """
        ids = scans_retry(owner=self.user, image_ids=self.validated_body(RetryIn)["images"])
        enqueue_scans(ids)
        return {"images": ids}
