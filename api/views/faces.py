"""What is said of faces. Everything is a change that can be undone."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from albums.http.media import file_response
from api import throttles
from api.pagination import By
from api.permissions import FACES
from api.rows import faces_of, image_of, person_of
from api.schema import operation
from api.serializers.faces import DrawIn, DrawOut, FaceOut, FacesQuery
from api.serializers.people import AssignIn, FacesIn, FacesOut, PersonOut, RejectIn, RepeatsIn, RepeatsOut
from api.views.base import ApiView
from api.views.people import ANNA, counted
from faces.exceptions import NotThere
from faces.models import Face, Verdict
from faces.querysets import FaceQuerySet
from faces.services.detecting.manual import face_draw
from faces.services.people.edits import (
    faces_assign,
    faces_confirm,
    faces_dismiss,
    faces_reject,
    photo_repeats,
)
from faces.vision.types import Box

TAG = "faces"
OLDEST_FIRST = (By("id"),)
FACE = {
    "id": 881,
    "image": 512,
    "person": 12,
    "box": {"x": 0.41, "y": 0.22, "w": 0.08, "h": 0.14},
    "score": 0.998,
    "quality": 0.74,
    "poor_reason": "",
    "dismissed": False,
    "drawn": False,
    "confirmed": True,
}
SOME = {"faces": [2210, 2212]}


def told_of(faces: FaceQuerySet) -> FaceQuerySet:
    """With all that is told of them."""
    settled = Verdict.objects.filter(face=OuterRef("pk"), kind=Verdict.Kind.IS)
    return faces.annotate(confirmed=Exists(settled))


class Faces(ApiView):
    """Which there are."""

    token_scopes = FACES

    @operation("faces_list", tag=TAG, gives=FaceOut, many=True, query=[FacesQuery], example=FACE)
    def get(self, _request: Request) -> Response:
        """The faces in one's own photos."""
        asked = self.asked(FacesQuery)
        wanted = {f"{name}_id": asked[name] for name in ("image", "person") if name in asked}
        faces = told_of(Face.objects.visible_to(self.user)).filter(dismissed=asked["dismissed"], **wanted)
        if asked["waiting"]:
            faces = faces.filter(person=None)
        return self.page(FaceOut, faces, OLDEST_FIRST)


class OneFace(ApiView):
    """One of them."""

    token_scopes = FACES

    @operation("face_get", tag=TAG, gives=FaceOut, example=FACE)
    def get(self, _request: Request, pk: int) -> Response:
        """A face in one's own photos."""
        return Response(self.shown(FaceOut, self.one(pk)))

    def one(self, pk: int) -> Face:
        """The face. Raises NotThere."""
        face = told_of(Face.objects.visible_to(self.user)).filter(pk=pk).first()
        if face is None:
            raise NotThere("face")
        return face


class Crop(ApiView):
    """Its picture."""

    token_scopes = FACES

    @operation("face_crop", tag=TAG, media="image/jpeg")
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """The square picture of a face."""
        face = faces_of(self.user, [pk])[0]
        return file_response(
            request._request,  # noqa: SLF001 - the plain request, as every view has it
            face.crop,
            content_type="image/jpeg",
            name=f"face-{pk}.jpg",
            etag=f"face-{pk}-{face.created_at.timestamp():.0f}",
            immutable=True,
        )


class Draw(ApiView):
    """By hand."""

    token_scopes = FACES
    throttle_kind = throttles.FACES

    @operation(
        "face_draw",
        tag=TAG,
        takes=DrawIn,
        gives=DrawOut,
        status=201,
        asked={"box": FACE["box"], "name": "Anna Castillo"},
        example={"face": {**FACE, "drawn": True}, "found": True},
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Make a face where there is one that no detector found; with a name it is that person."""
        data = self.told(DrawIn)
        drawn = face_draw(
            image=image_of(self.user, pk), box=Box(**data["box"]), by=self.user, name=data["name"]
        )
        face = told_of(Face.objects.filter(pk=drawn.face.pk)).get()
        return Response(self.shown(DrawOut, {"face": face, "found": drawn.found}), status=201)


class Assign(ApiView):
    """Whose they are."""

    token_scopes = FACES

    @operation(
        "faces_assign", tag=TAG, takes=AssignIn, gives=PersonOut, asked={**SOME, "person": 12}, example=ANNA
    )
    def post(self, _request: Request) -> Response:
        """The faces are this person, or with null somebody new, who is returned."""
        data = self.told(AssignIn)
        person = None if data["person"] is None else person_of(self.user, data["person"])
        now = faces_assign(faces=faces_of(self.user, data["faces"]), person=person, by=self.user)
        return Response(self.shown(PersonOut, counted(self.user.pk, [now.pk]).get()))


class Confirm(ApiView):
    """That they are right."""

    token_scopes = FACES

    @operation("faces_confirm", tag=TAG, takes=FacesIn, gives=FacesOut, asked=SOME, example=SOME)
    def post(self, _request: Request) -> Response:
        """The faces are the people they are with."""
        data = self.told(FacesIn)
        faces_confirm(faces=faces_of(self.user, data["faces"]), by=self.user)
        return Response(self.shown(FacesOut, data))


class Reject(ApiView):
    """Whose they are not."""

    token_scopes = FACES

    @operation(
        "faces_reject", tag=TAG, takes=RejectIn, gives=FacesOut, asked={**SOME, "person": 12}, example=SOME
    )
    def post(self, _request: Request) -> Response:
        """The faces are not this person; `person` left out: not the people they are with."""
        data = self.told(RejectIn)
        person = person_of(self.user, data["person"]) if data.get("person") else None
        faces_reject(faces=faces_of(self.user, data["faces"]), person=person, by=self.user)
        return Response(self.shown(FacesOut, data))


class Dismiss(ApiView):
    """That they are none."""

    token_scopes = FACES

    @operation("faces_dismiss", tag=TAG, takes=FacesIn, gives=FacesOut, asked=SOME, example=SOME)
    def post(self, _request: Request) -> Response:
        """These are no faces. They are not found again."""
        data = self.told(FacesIn)
        faces_dismiss(faces=faces_of(self.user, data["faces"]), by=self.user)
        return Response(self.shown(FacesOut, data))


class Repeats(ApiView):
    """The same person twice."""

    token_scopes = FACES

    @operation(
        "image_repeats",
        tag=TAG,
        takes=RepeatsIn,
        gives=RepeatsOut,
        asked={"allowed": True},
        example={"allowed": True},
    )
    def put(self, _request: Request, pk: int) -> Response:
        """Somebody may be in this photo twice, or may not: a mirror, a collage."""
        data = self.told(RepeatsIn)
        photo_repeats(image=image_of(self.user, pk), allowed=data["allowed"], by=self.user)
        return Response(self.shown(RepeatsOut, data))
