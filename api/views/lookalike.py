"""Searching and comparing with a picture, which is not kept."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any, BinaryIO

from rest_framework.exceptions import APIException
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api import throttles
from api.negotiation import JSON
from api.permissions import FACES
from api.rows import faces_of
from api.schema import BUSY, operation
from api.serializers.faces import (
    BestOut,
    EitherIn,
    FaceLookalikeIn,
    FacesVerifyIn,
    LookalikeIn,
    LookalikeOut,
    PictureIn,
    PictureLookalikeIn,
    StoredFaceIn,
    VerifyIn,
    VerifyOut,
)
from api.views.base import ApiView
from api.views.faces import FACE
from faces.error_messages import model_error_message
from faces.models import Face
from faces.services.searching.lookalike import LookalikeResult, lookalikes, lookalikes_of_face
from faces.services.searching.verification import verify
from faces.vision.errors import VisionError

logger = logging.getLogger(__name__)

TAG = "look-alike"
MULTIPART = "multipart/form-data"
NEAR = {"distance": 0.21, "probability": 0.97}
FOUND = {
    "faces_found": [FACE["box"]],
    "chosen": 0,
    "people": [{"person": 12, "name": "Anna Castillo", "face": 881, **NEAR}],
    "faces": [{"face": 881, "image": 512, "person": 12, "name": "Anna Castillo", **NEAR}],
}


class NoModel(APIException):
    """The network that is needed cannot be used."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "model_unavailable"


class FaceSearch(ApiView):
    """What these have in common."""

    token_scopes = FACES
    throttle_kind = throttles.FACES
    parser_classes = (MultiPartParser, JSONParser)

    def found(self, data: dict[str, Any], *, people: int, faces: int) -> LookalikeResult:
        """What the search gives. Raises NoModel, and what the services of faces raise."""
        try:
            if "face" in data:
                stored = self.stored(data["face"])
                return lookalikes_of_face(user=self.user, face=stored, people=people, faces=faces)
            return lookalikes(
                user=self.user,
                picture=data["picture"],
                face_index=data.get("face_index"),
                people=people,
                faces=faces,
            )
        except VisionError as error:
            raise unavailable(error) from error

    def stored(self, pk: int) -> Face:
        """One's own face. Raises NotThere."""
        return faces_of(self.user, [pk])[0]


def unavailable(error: VisionError) -> NoModel:
    """What is said when a model cannot be used; the operator reads why in the log."""
    logger.warning("A model cannot be used: %s", error)
    return NoModel(model_error_message(error))


class Lookalike(FaceSearch):
    """Ranked."""

    @operation(
        "lookalike",
        tag=TAG,
        takes={MULTIPART: PictureLookalikeIn, JSON: FaceLookalikeIn},
        gives=LookalikeOut,
        asked={"face": 881},
        example=FOUND,
        also=BUSY,
    )
    def post(self, _request: Request) -> Response:
        """Who looks like this? People and faces of one's own photos, nearest first."""
        data = self.told(LookalikeIn)
        result = self.found(data, people=data["people"], faces=data["faces"])
        told = {
            "faces_found": result.faces_found,
            "chosen": result.chosen,
            "people": [
                {
                    "person": one.person.pk,
                    "name": one.person.name,
                    "face": one.face.pk,
                    "distance": one.distance,
                    "probability": one.probability,
                }
                for one in result.people
            ],
            "faces": [
                {
                    "face": one.face.pk,
                    "image": one.face.image_id,
                    "person": one.face.person_id,
                    "name": one.face.person.name if one.face.person is not None else "",
                    "distance": one.distance,
                    "probability": one.probability,
                }
                for one in result.faces
            ],
        }
        return Response(self.shown(LookalikeOut, told))


class Best(FaceSearch):
    """The one."""

    @operation(
        "lookalike_best",
        tag=TAG,
        takes={MULTIPART: PictureIn, JSON: StoredFaceIn},
        gives=BestOut,
        asked={"face": 881},
        example={"path_to_file": "2024/summer/beach.jpg", "name": "Anna Castillo"},
        also=BUSY,
    )
    def post(self, _request: Request) -> Response:
        """The photo and the name of the most similar face, and nothing else: for the smallest of clients."""
        found = self.found(self.told(EitherIn), people=0, faces=1).faces
        face = found[0].face if found else None
        person = face.person if face is not None else None
        told = {
            "path_to_file": face.image.source_path if face is not None else None,
            "name": person.name if person is not None else "",
        }
        return Response(self.shown(BestOut, told))


class Verify(FaceSearch):
    """Two of them."""

    @operation(
        "verify",
        tag=TAG,
        takes={MULTIPART: VerifyIn, JSON: FacesVerifyIn},
        gives=VerifyOut,
        asked={"first_face": 881, "second_face": 2210},
        example={
            "same": True,
            "probability": 0.98,
            "distance": 0.21,
            "threshold": 0.44,
            "model": "facenet128",
            "first": FACE["box"],
            "second": FACE["box"],
        },
        also=BUSY,
    )
    def post(self, _request: Request) -> Response:
        """Is it the same person? `picture` of a problem says which of the two is meant."""
        data = self.told(VerifyIn)
        sources: list[BinaryIO | Face] = [
            self.stored(data[f"{one}_face"]) if f"{one}_face" in data else data[one]
            for one in ("first", "second")
        ]
        try:
            found = verify(
                user=self.user,
                first=sources[0],
                second=sources[1],
                first_index=data.get("first_index"),
                second_index=data.get("second_index"),
            )
        except VisionError as error:
            raise unavailable(error) from error
        told = {
            "same": found.same,
            "probability": found.probability,
            "distance": found.distance,
            "threshold": found.threshold,
            "model": found.model,
            "first": found.first.box,
            "second": found.second.box,
        }
        return Response(self.shown(VerifyOut, told))
