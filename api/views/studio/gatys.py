"""The thorough painter style."""

from http import HTTPStatus
from typing import Any

from rest_framework.parsers import JSONParser, MultiPartParser

from albums.http.body_limits import pictures
from albums.http.job_files import picture_upload
from albums.job_tasks import enqueue_job
from albums.models import Job
from albums.services.jobs.jobs import job_create
from albums.services.styling.gatys import GATYS
from albums.services.styling.sources import STYLE_FILE, StyleSource
from api import throttles
from api.lookups import get_visible_image
from api.negotiation import JSON
from api.schema import Operation
from api.serializers.studio.gatys import OPTIONS, GatysFileIn, GatysIn, GatysStoredIn
from api.serializers.studio.jobs import JobOut
from api.views.studio.jobs import JobView


class Gatys(JobView):
    """Paint a photo thoroughly."""

    throttle_kind = throttles.FACES
    parser_classes = (MultiPartParser, JSONParser)
    takes_bodies = staticmethod(pictures)

    @Operation(
        "studio_gatys_create",
        request={"multipart/form-data": GatysFileIn, JSON: GatysStoredIn},
        response=JobOut,
        status=HTTPStatus.ACCEPTED,
        request_example={"image": 311, "style_image": 312, "style": 1.5, "iterations": 100},
        example={
            "kind": "gatys",
            "label": "Painter style, thorough",
            "state": "waiting",
            "progress": 0.0,
            "inputs": {"image": 311, "source": "photo", "style_image": 312},
            "options": {"content": 1.0, "style": 1.5, "smoothness": 1.0, "iterations": 100, "long_side": 512},
            "files": [],
            "result": {},
            "expires_at": None,
        },
    )
    def post(self) -> Job:
        """Paint a photo in the style of a picture, by optimisation, in a job of minutes.

        While it runs, `result.losses` has the losses of each iteration so far (content, style, smoothness,
        weighted sum), and the file `preview.jpg` the picture. Stopping the job makes that picture the result,
        `painting.jpg`. Where torch or the model is not installed, the error is `gatys_torch_missing` or
        `gatys_model_missing` (409).
        """
        data = self.validated_body(GatysIn)
        image = get_visible_image(self.user, data["image"])
        inputs: dict[str, Any] = {"image": image.pk}
        files = {}
        if "style_file" in data:
            inputs |= {"source": StyleSource.UPLOAD}
            files[STYLE_FILE] = picture_upload(data["style_file"])
        elif "style_image" in data:
            style = get_visible_image(self.user, data["style_image"])
            inputs |= {"source": StyleSource.PHOTO, "style_image": style.pk}
        else:
            inputs |= {"source": StyleSource.LINK, "style_link": data["style_link"]}
        options = {name: data[name] for name in OPTIONS}
        job = job_create(owner=self.user, kind=GATYS.name, inputs=inputs, options=options, files=files)
        enqueue_job(job.pk)
        return self.job(job.pk)
