"""Faces: list, draw, assign and judge them. All changes can be undone."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from albums.ordering import BY_ID, Key
from albums.pagination import Page
from api.lookups import get_face, get_faces, get_person, get_visible_image
from api.schema import Operation
from api.serializers.faces import (
    AssignIn,
    FaceDrawIn,
    FaceDrawOut,
    FaceOut,
    FacesIn,
    FacesOut,
    FacesQuery,
    RejectIn,
    RepeatsIn,
    RepeatsOut,
    UnassignedFaceOut,
    VerdictOut,
    VerdictsQuery,
)
from api.serializers.people import PersonOut
from api.serializers.studio.galleries import CropQuery
from api.views.base import FacesView, ModelView
from api.views.people import PersonView
from faces.http import crop_response
from faces.models import Face, Person, Verdict
from faces.querysets import FaceQuerySet
from faces.services.attributes.ages import faces_aged
from faces.services.detecting.manual import face_draw
from faces.services.grouping.repeats import photo_repeats
from faces.services.people.edits import (
    faces_assign,
    faces_confirm,
    faces_dismiss,
    faces_reject,
)
from faces.services.searching.age_search import ages_of_value
from faces.services.searching.candidates import likely_people
from faces.services.searching.galleries import gallery_face, gallery_get
from faces.tasks import enqueue_regrouping
from faces.vision.types import Box

BEST_FIRST = (Key("quality", descending=True), Key("id"))
SOME_FACES = {"faces": [2210, 2212]}
BOX = {"x": 0.41, "y": 0.22, "w": 0.08, "h": 0.14}


class FaceView(FacesView):
    """Base of the views of faces."""

    tag = "faces"

    def rows(self) -> FaceQuerySet:
        """Return the faces in the account's photos."""
        rows: FaceQuerySet = Face.objects.visible_to(self.user).with_attributes().with_confirmed()
        return rows


class Faces(FaceView):
    """List faces."""

    @Operation("faces_list", response=FaceOut, many=True, parameters=[FacesQuery])
    def get(self) -> Page:
        """List the faces in the account's photos."""
        query = self.validated_query(FacesQuery)
        filters = {f"{name}_id": query[name] for name in ("image", "person") if name in query}
        faces = self.rows().filter(dismissed=query["dismissed"], **filters)
        if query["age"]:
            spans = [(ages.low, ages.high) for one in query["age"] if (ages := ages_of_value(one))]
            faces = faces_aged(faces, spans)
        return self.page(faces.filter(person=None) if query["waiting"] else faces, BY_ID)


class UnassignedFaces(FaceView):
    """List unassigned faces."""

    @Operation("faces_waiting", response=UnassignedFaceOut, many=True)
    def get(self) -> Page:
        """List unassigned faces, the clearest first, with the named person each most probably shows."""
        page = self.page(self.rows().unassigned(), BEST_FIRST)
        likely = likely_people(owner=self.user, faces=page.rows)
        for face in page.rows:
            face.likely = likely.get(face.pk)
        return page


class FaceDetail(FaceView):
    """Retrieve a face."""

    @Operation("face_get", response=FaceOut)
    def get(self, pk: int) -> Face:
        """Retrieve a face in one of the account's photos."""
        return get_object_or_404(self.rows(), pk=pk)


class FaceCrop(FaceView):
    """Download the picture of a face."""

    @Operation("face_crop", media="image/jpeg", parameters=[CropQuery])
    def get(self, pk: int) -> HttpResponseBase:
        """Download the square picture of a face.

        Faces of other accounts are visible through a look-alike gallery that is shared with the account.
        """
        query = self.validated_query(CropQuery)
        if "gallery" not in query:
            return crop_response(self.django_request, get_face(self.user, pk))
        face = gallery_face(gallery_get(self.user, query["gallery"]), pk)
        return crop_response(self.django_request, face, stored=False)


class FaceDraw(ModelView):
    """Add a face to a photo."""

    tag = "faces"

    @Operation(
        "face_draw",
        request=FaceDrawIn,
        response=FaceDrawOut,
        status=201,
        request_example={"box": BOX, "name": "Anna Castillo"},
    )
    def post(self, pk: int) -> dict[str, Any]:
        """Add a face that the detector missed, and optionally name the person."""
        data, image = self.validated_body(FaceDrawIn), get_visible_image(self.user, pk)
        drawn = face_draw(image=image, box=Box(**data["box"]), by=self.user, name=data["name"])
        face = Face.objects.with_attributes().with_confirmed().get(pk=drawn.face.pk)
        return {"face": face, "found": drawn.found}


class FacesAssign(PersonView):
    """Assign faces to a person."""

    tag = "faces"

    @Operation(
        "faces_assign", request=AssignIn, response=PersonOut, request_example={**SOME_FACES, "person": 12}
    )
    def post(self) -> Person:
        """Assign faces to a person, or to a new one, who is returned."""
        data = self.validated_body(AssignIn)
        person = None if data["person"] is None else get_person(self.user, data["person"])
        assigned = faces_assign(faces=get_faces(self.user, data["faces"]), person=person, by=self.user)
        return self.current(assigned.pk)


class FacesConfirm(FaceView):
    """Confirm faces."""

    @Operation("faces_confirm", request=FacesIn, response=FacesOut, request_example=SOME_FACES)
    def post(self) -> dict[str, Any]:
        """Confirm that faces show the people they are assigned to."""
        data = self.validated_body(FacesIn)
        faces_confirm(faces=get_faces(self.user, data["faces"]), by=self.user)
        return data


class FacesReject(FaceView):
    """Reject faces."""

    @Operation(
        "faces_reject", request=RejectIn, response=FacesOut, request_example={**SOME_FACES, "person": 12}
    )
    def post(self) -> dict[str, Any]:
        """Record that faces do not show a person, by default the one each is assigned to."""
        data = self.validated_body(RejectIn)
        person = get_person(self.user, data["person"]) if data.get("person") else None
        faces_reject(faces=get_faces(self.user, data["faces"]), person=person, by=self.user)
        return data


class FacesDismiss(FaceView):
    """Dismiss faces."""

    @Operation("faces_dismiss", request=FacesIn, response=FacesOut, request_example=SOME_FACES)
    def post(self) -> dict[str, Any]:
        """Mark detections as no faces. They are not detected again."""
        data = self.validated_body(FacesIn)
        faces_dismiss(faces=get_faces(self.user, data["faces"]), by=self.user)
        return data


class ImageRepeats(FaceView):
    """Allow the same person twice in a photo."""

    @Operation("image_repeats", request=RepeatsIn, response=RepeatsOut, request_example={"allowed": True})
    def put(self, pk: int) -> dict[str, Any]:
        """Allow or disallow the same person twice in a photo, such as in a mirror or collage.

        Faces that clearly match are assigned at once, and all faces are grouped again in the background.
        """
        data = self.validated_body(RepeatsIn)
        photo_repeats(image=get_visible_image(self.user, pk), allowed=data["allowed"], by=self.user)
        enqueue_regrouping(self.user.pk)
        return data


class Verdicts(FaceView):
    """List verdicts."""

    @Operation("verdicts_list", response=VerdictOut, many=True, parameters=[VerdictsQuery])
    def get(self) -> Page:
        """List users' decisions about faces: confirmations and rejections, no automatic assignments."""
        query, user = self.validated_query(VerdictsQuery), self.user
        filters = {f"{name}_id": query[name] for name in ("face", "person") if name in query}
        verdicts = Verdict.objects.filter(person__owner=user, face__image__owner=user, face__binned=False)
        return self.page(verdicts.filter(**filters).select_related("by"), BY_ID)
