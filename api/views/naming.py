"""Naming of faces, and suggestions of people they may show."""

from typing import Any

from api.lookups import get_face, get_faces
from api.schema import BUSY, Operation
from api.serializers.faces import CandidatesOut, FaceNameIn, FacesNameIn
from api.serializers.people import PersonOut
from api.views.base import ModelView
from api.views.people import PersonView
from faces.models import Person
from faces.services.people.naming import face_name, faces_name, group_merge, person_named
from faces.services.searching.candidates import people_like


class FaceSuggestions(ModelView):
    """Suggest people for a face."""

    tag = "faces"

    @Operation("face_suggestions", response=CandidatesOut, errors=BUSY)
    def get(self, pk: int) -> dict[str, Any]:
        """List the named people a face most probably shows."""
        return {"people": people_like(get_face(self.user, pk), user=self.user)}


class FaceName(PersonView):
    """Name a face."""

    tag = "faces"

    @Operation("face_name", request=FaceNameIn, response=PersonOut, request_example={"name": "Anna Castillo"})
    def post(self, pk: int) -> Person:
        """Name the person a face shows, and by default the whole unnamed group of the face.

        If another person has the name, the error is `name_taken` (409), with `person`. Ask the user whether
        they are the same, and send `meant` as `merge` or `face`.
        """
        data, user = self.validated_body(FaceNameIn), self.user
        face, name = get_face(user, pk), data["name"]
        namesake = person_named(owner=user, name=name) if data["meant"] == "merge" else None
        if namesake is not None:
            return self.current(group_merge(face=face, into=namesake, by=user).pk)
        return self.current(face_name(face=face, name=name, by=user, alone=data["meant"] == "face").pk)


class FacesName(PersonView):
    """Name several faces."""

    tag = "faces"

    @Operation(
        "faces_name",
        request=FacesNameIn,
        response=PersonOut,
        request_example={"faces": [2210, 2212], "name": "Anna Castillo"},
    )
    def post(self) -> Person:
        """Assign exactly these faces to the person of this name, who is created if necessary."""
        data = self.validated_body(FacesNameIn)
        faces = get_faces(self.user, data["faces"])
        return self.current(faces_name(faces=faces, name=data["name"], by=self.user).pk)
