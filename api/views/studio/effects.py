"""Operations that start effects on faces as jobs of the studio."""

from http import HTTPStatus
from typing import Any

from django.utils.translation import get_language
from rest_framework.parsers import JSONParser, MultiPartParser

from albums.http.body_limits import pictures
from albums.http.job_files import picture_upload
from albums.job_tasks import enqueue_job
from albums.models import Job
from albums.services.jobs.jobs import JobUpload, job_create
from api.lookups import get_face, get_person
from api.negotiation import JSON
from api.schema import Operation
from api.serializers.studio.effects import FacesMorphIn, GrowingUpIn, MorphIn
from api.serializers.studio.jobs import JobOut
from api.views.base import ModelView
from faces.services.effects.growing_up import KIND as GROWING_UP
from faces.services.effects.morph import KIND as MORPH

WAITING = {"state": "waiting", "progress": 0.0, "files": [], "result": {}, "expires_at": None}


class EffectView(ModelView):
    """Base of the views that start an effect."""

    tag = "studio"

    def start(
        self,
        kind: str,
        *,
        inputs: dict[str, Any],
        options: dict[str, Any],
        files: dict[str, JobUpload] | None = None,
    ) -> Job:
        """Create and enqueue a job. Raises JobProblem."""
        job = job_create(owner=self.user, kind=kind, inputs=inputs, options=options, files=files)
        enqueue_job(job.pk)
        return job


class Morph(EffectView):
    """Morph one face into another."""

    parser_classes = (MultiPartParser, JSONParser)
    takes_bodies = staticmethod(pictures)

    @Operation(
        "studio_morph",
        request={"multipart/form-data": MorphIn, JSON: FacesMorphIn},
        response=JobOut,
        status=HTTPStatus.ACCEPTED,
        request_example={"first_face": 881, "second_face": 2210, "frames": 25},
        example=WAITING,
    )
    def post(self) -> Job:
        """Start a job that morphs one face into another.

        It makes `morph.webp` (an animation), `morph.webm` (a video), `half-way.jpg` and a JPEG of each frame,
        `frame-000.jpg` and so on; the first and the last are the two faces themselves. The job fails with the
        reason `effect_no_face`, `effect_turned_away` or `effect_turned_apart` when the pictures do not suit.
        """
        data = self.validated_body(MorphIn)
        inputs: dict[str, Any] = {}
        files: dict[str, JobUpload] = {}
        for side in ("first", "second"):
            picture, face = data.pop(side, None), data.pop(f"{side}_face", None)
            if picture is None:
                inputs[side] = get_face(self.user, face).pk
            else:
                files[side] = picture_upload(picture)
        return self.start(MORPH, inputs=inputs, options=data, files=files)


class GrowingUp(EffectView):
    """Show a person growing up."""

    @Operation(
        "studio_growing_up",
        request=GrowingUpIn,
        response=JobOut,
        status=HTTPStatus.ACCEPTED,
        request_example={"person": 17, "portraits": 12},
        example={**WAITING, "kind": "growing_up", "label": "Growing up", "inputs": {"person": 17}},
    )
    def post(self) -> Job:
        """Start a job that shows a person from the earliest to the latest photo.

        It chooses sharp, well-lit faces that look towards the camera, spread over the time, and makes
        `growing_up.webp`, `growing_up.webm` and a JPEG of each portrait. With fewer than two photos that have
        a date, the error is `effect_few_portraits` (409).
        """
        data = self.validated_body(GrowingUpIn)
        person = get_person(self.user, data.pop("person"))
        options = {**data, "language": get_language() or ""}
        return self.start(GROWING_UP, inputs={"person": person.pk}, options=options)
