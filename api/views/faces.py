"""What is said of faces. Everything is a change that can be undone."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import FACES
from api.rows import faces_of, image_of, person_of
from api.schema import operation
from api.serializers.people import AssignIn, FacesIn, FacesOut, PersonOut, RejectIn, RepeatsIn
from api.views.base import ApiView
from api.views.people import ANNA, counted
from faces.services.people import faces_assign, faces_confirm, faces_dismiss, faces_reject, photo_repeats

TAG = "faces"
SOME = {"faces": [2210, 2212]}


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
        gives=RepeatsIn,
        asked={"allowed": True},
        example={"allowed": True},
    )
    def put(self, _request: Request, pk: int) -> Response:
        """Somebody may be in this photo twice, or may not: a mirror, a collage."""
        data = self.told(RepeatsIn)
        photo_repeats(image=image_of(self.user, pk), allowed=data["allowed"], by=self.user)
        return Response(self.shown(RepeatsIn, data))
