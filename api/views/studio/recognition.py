"""The detectors explained, live verification, and the certainty of comparisons."""

from http import HTTPStatus

from rest_framework.parsers import JSONParser, MultiPartParser

from albums.http.body_limits import pictures
from albums.http.job_files import picture_upload
from albums.job_tasks import enqueue_job
from albums.models import Job
from albums.services.jobs.jobs import job_create
from api import throttles
from api.lookups import get_person
from api.negotiation import JSON
from api.schema import BUSY, Operation
from api.serializers.studio.jobs import JobOut
from api.serializers.studio.recognition import (
    BaseIn,
    BaseOut,
    CertaintyOut,
    DetectorsImageIn,
    DetectorsIn,
    DetectorsPictureIn,
    FrameIn,
    FrameOut,
)
from api.views.base import FacesView, ModelView
from faces.services.explaining.job import DETECTORS_KIND, PHOTO, PICTURE
from faces.services.searching.certainty import Certainty, certainty
from faces.services.searching.verification import (
    FrameVerification,
    PictureBase,
    base_from_picture,
    frame_verify,
)

MULTIPART = "multipart/form-data"


class Detectors(FacesView):
    """Run all detectors on a photo."""

    tag = "studio"
    throttle_kind = throttles.FACES
    parser_classes = (MultiPartParser, JSONParser)
    takes_bodies = staticmethod(pictures)

    @Operation(
        "detectors_explain",
        request={MULTIPART: DetectorsPictureIn, JSON: DetectorsImageIn},
        response=JobOut,
        status=HTTPStatus.ACCEPTED,
        request_example={"image": 512},
        example={"kind": DETECTORS_KIND.name, "label": "How faces are found", "state": "waiting"},
    )
    def post(self) -> Job:
        """Run every installed detector on a picture or a photo, as a job.

        `result` of the job has the boxes, scores and milliseconds of each detector, the windows that each
        stage of Viola-Jones leaves, the scores of RetinaFace's anchors by stride, and the embedded face. Its
        files are the pictures that `result` names.
        """
        data = self.validated_body(DetectorsIn)
        if "image" in data:
            job = job_create(owner=self.user, kind=DETECTORS_KIND.name, inputs={PHOTO: data["image"]})
        else:
            files = {PICTURE: picture_upload(data["picture"])}
            job = job_create(owner=self.user, kind=DETECTORS_KIND.name, files=files)
        enqueue_job(job.pk)
        return job


class VerifyBase(ModelView):
    """Embed a base picture."""

    tag = "look-alike"
    parser_classes = (MultiPartParser,)
    takes_bodies = staticmethod(pictures)

    @Operation("verify_base", request={MULTIPART: BaseIn}, response=BaseOut, errors=BUSY)
    def post(self) -> PictureBase:
        """Embed the face of a picture once, to compare frames with it.

        Nothing is stored: `base` is the signed vector of the face. It is valid for an hour, with this account
        and its present model.
        """
        data = self.validated_body(BaseIn)
        return base_from_picture(user=self.user, picture=data["picture"], face_index=data.get("face_index"))


class VerifyFrame(ModelView):
    """Compare a frame with a base or a person."""

    tag = "look-alike"
    throttle_kind = throttles.FRAMES
    parser_classes = (MultiPartParser,)
    takes_bodies = staticmethod(pictures)

    @Operation("verify_frame", request={MULTIPART: FrameIn}, response=FrameOut, errors=BUSY)
    def post(self) -> FrameVerification:
        """Determine whether the largest face of a camera's frame is that of the base or the person.

        A frame without a face is a problem with the code `no_face`. Frames of 480 to 640 pixels are enough.
        """
        data = self.validated_body(FrameIn)
        base = data.get("base") or get_person(self.user, data["person"])
        return frame_verify(user=self.user, frame=data["frame"], base=base)


class VerifyCertainty(FacesView):
    """Figures of the account's model."""

    tag = "look-alike"

    @Operation("verify_certainty", response=CertaintyOut)
    def get(self) -> Certainty:
        """Retrieve how often comparisons are right.

        `measured` has figures of public sets, and `own` those of the account's confirmed faces.
        """
        return certainty(self.user)
