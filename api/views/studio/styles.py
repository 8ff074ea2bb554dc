"""Painter styles: the list, new paintings, and results that become photos."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.parsers import JSONParser, MultiPartParser

from albums.exceptions import ImageRefused, JobFailed, RefusalCode, UploadRefused
from albums.http.body_limits import pictures
from albums.http.job_files import picture_upload
from albums.job_tasks import enqueue_job
from albums.models import Image, Job, JobFile
from albums.services.jobs.jobs import job_create
from albums.services.styling.examples import style_example
from albums.services.styling.saving import result_albums, result_save
from albums.services.styling.sources import STYLE_FILE, StyleSource
from albums.services.styling.styles import BUILTIN_STYLES, builtin_style_named
from albums.tasks import enqueue_reading
from api import throttles
from api.negotiation import JSON
from api.schema import Operation
from api.serializers.studio.jobs import JobOut
from api.serializers.studio.styles import (
    FIELD_OF,
    PaintingFileIn,
    PaintingIn,
    SavedPictureIn,
    SavedPictureOut,
    StylesOut,
)
from api.views.base import ApiView
from api.views.studio.jobs import JobView

MULTIPART = "multipart/form-data"
OPTIONS = ("strength", "brush", "keep_colours", "long_side")


class Styles(ApiView):
    """List the built-in painter styles."""

    tag = "studio"

    @Operation("studio_styles", response=StylesOut)
    def get(self) -> dict[str, Any]:
        """List the built-in painter styles.

        They are named by painter and work where these are certain, and otherwise by their look.
        """
        return {"results": BUILTIN_STYLES}


class StyleExample(ApiView):
    """Show a painter style."""

    tag = "studio"

    @Operation("studio_style_example", media="image/jpeg")
    def get(self, slug: str) -> HttpResponse:
        """Download a drawn landscape that is painted in a built-in style."""
        try:
            style = builtin_style_named(slug)
        except JobFailed as problem:
            raise Http404 from problem
        return HttpResponse(style_example(style), content_type="image/jpeg")


class Paintings(JobView):
    """Paint a photo."""

    throttle_kind = throttles.FACES
    parser_classes = (MultiPartParser, JSONParser)
    takes_bodies = staticmethod(pictures)

    @Operation(
        "studio_style_create",
        request={MULTIPART: PaintingFileIn, JSON: PaintingIn},
        response=JobOut,
        status=HTTPStatus.ACCEPTED,
        request_example={"image": 512, "style": "great-wave", "brush": 4},
        example={
            "kind": "style",
            "label": "Painter style",
            "state": "waiting",
            "progress": 0.0,
            "inputs": {"image": 512, "source": "builtin", "style": "great-wave"},
            "options": {"strength": 1.0, "brush": 4, "keep_colours": False, "long_side": None},
            "result": {},
            "files": [],
            "expires_at": None,
        },
    )
    def post(self) -> Job:
        """Paint a photo in a style, with a job of the studio.

        Any photo that the account sees can be painted, in a built-in style or that of another picture. The
        painting is the file `painting.jpg` of the job; `studio_job_save` makes a photo of it.
        """
        data = self.validated_body(PaintingFileIn)
        source = next(source for source, name in FIELD_OF.items() if name in data)
        inputs = {"image": data["image"], "source": source}
        files = {}
        if source is StyleSource.UPLOAD:
            files[STYLE_FILE] = picture_upload(data["style_file"])
        else:
            inputs[FIELD_OF[source]] = data[FIELD_OF[source]]
        # 404 for a photo of another account, as everywhere; the kind's own check would be a conflict.
        for name in ("image", "style_image"):
            if name in inputs:
                get_object_or_404(Image.objects.visible_to(self.user), pk=inputs[name])
        options = {name: data[name] for name in OPTIONS}
        job = job_create(owner=self.user, kind="style", inputs=inputs, options=options, files=files)
        enqueue_job(job.pk)
        return self.job(job.pk)


class JobFileSave(JobView):
    """Save a result of a job as a photo."""

    throttle_kind = throttles.UPLOAD

    @Operation(
        "studio_job_save",
        request=SavedPictureIn,
        response=SavedPictureOut,
        status=HTTPStatus.CREATED,
        request_example={},
    )
    def post(self, pk: int, name: str) -> dict[str, Any]:
        """Save a picture that a job has made as a photo of the account.

        The photo remembers the photo that it was made of. A second time it is `already_there`. For a file
        that is no picture, the error is `style_not_a_picture` (409).
        """
        job = self.job(pk)
        file = get_object_or_404(JobFile.objects.select_related("job__owner"), job=job, name=name)
        wanted, album = self.validated_body(SavedPictureIn).get("album"), None
        if wanted is not None:
            album = next((one for one in result_albums(job) if one.pk == wanted), None)
            if album is None:
                raise Http404
        outcome = result_save(file=file, album=album)
        if outcome.image is None or outcome.code:
            code = RefusalCode(outcome.code)
            refused = UploadRefused if code is RefusalCode.QUOTA_EXCEEDED else ImageRefused
            raise refused(code, outcome.detail, outcome.values)
        if outcome.image.state == Image.State.STORED:
            enqueue_reading([outcome.image.pk])
        return {"image": outcome.image.pk, "status": str(outcome.status)}
