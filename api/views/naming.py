"""Who somebody is: names to choose from, whom a face may show, and what is said of it."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api import throttles
from api.pagination import By
from api.permissions import FACES
from api.rows import faces_of, people_of, person_of
from api.schema import BUSY, operation
from api.serializers.people import PersonOut
from api.serializers.suggestions import (
    FaceNameIn,
    FacesNameIn,
    LikelyPeopleOut,
    NamesIn,
    NamesOut,
    OtherIn,
    PeopleShowIn,
    VerdictOut,
    VerdictsIn,
    WaitingFaceOut,
)
from api.views.base import ApiView
from api.views.faces import FACE, told_of
from api.views.lookalike import unavailable
from api.views.people import ANNA, counted
from faces.models import Face, Verdict
from faces.services.people.name_search import people_matching
from faces.services.people.naming import face_name, faces_name, group_merge, person_called
from faces.services.reviewing.bulk import people_part, people_show
from faces.services.searching.candidates import likely_people, people_like
from faces.vision.errors import VisionError

OLDEST_FIRST = (By("id"),)
BEST_FIRST = (By("quality", descending=True), By("id"))
LIKELY = {"person": 12, "name": "Anna Castillo", "probability": 0.93}


class Names(ApiView):
    """While one types."""

    token_scopes = FACES

    @operation(
        "people_names",
        tag="people",
        gives=NamesOut,
        query=[NamesIn],
        example={"people": [{"id": 12, "name": "Anna Castillo", "face": 881, "face_count": 230}]},
    )
    def get(self, _request: Request) -> Response:
        """People whose name has `q` in it, the likeliest first; accents and capitals do not count."""
        asked = self.asked(NamesIn)
        found = people_matching(owner=self.user, text=asked["q"])[: asked["limit"]]
        mine: Any = counted(self.user.pk, found)
        rows = {row.pk: row for row in mine.with_shown_face()}
        people = [rows[pk] for pk in found if pk in rows]
        return Response(self.shown(NamesOut, {"people": people}))


class Show(ApiView):
    """Who is shown among the others."""

    token_scopes = FACES

    @operation(
        "people_show",
        tag="people",
        takes=PeopleShowIn,
        status=204,
        asked={"people": [40, 41], "hidden": True},
    )
    def post(self, _request: Request) -> Response:
        """Hide several people, or show them again, as one change. Names and faces are kept."""
        data = self.told(PeopleShowIn)
        people_show(people=people_of(self.user, data["people"]), hidden=data["hidden"], by=self.user)
        return Response(status=204)


class Part(ApiView):
    """Two who are two."""

    token_scopes = FACES

    @operation("people_part", tag="people", takes=OtherIn, status=204, asked={"other": 40})
    def post(self, _request: Request, pk: int) -> Response:
        """Say that these are two people, so that nobody asks again. Known already: `question_gone` (409)."""
        one, other = person_of(self.user, pk), person_of(self.user, self.told(OtherIn)["other"])
        people_part(one=one, other=other, by=self.user)
        return Response(status=204)


class Waiting(ApiView):
    """Faces with nobody."""

    token_scopes = FACES

    @operation(
        "faces_waiting",
        tag="faces",
        gives=WaitingFaceOut,
        many=True,
        example={**FACE, "person": None, "confirmed": False, "likely": LIKELY},
    )
    def get(self, _request: Request) -> Response:
        """Faces that are with nobody yet, the clearest first, each with whom it most likely shows."""
        faces = told_of(Face.objects.visible_to(self.user).waiting())

        def with_likely(rows: list[Any]) -> list[Any]:
            likely = likely_people(owner=self.user, faces=rows)
            for row in rows:
                found = likely.get(row.pk)
                row.likely = found and {
                    "person": found.person_id,
                    "name": found.name,
                    "probability": found.probability,
                }
            return rows

        return self.page(WaitingFaceOut, faces, BEST_FIRST, rows_ready=with_likely)


class Suggestions(ApiView):
    """Whom it may show."""

    token_scopes = FACES
    throttle_kind = throttles.FACES

    @operation(
        "face_suggestions", tag="faces", gives=LikelyPeopleOut, example={"people": [LIKELY]}, also=BUSY
    )
    def get(self, _request: Request, pk: int) -> Response:
        """The people with a name whom this face looks like most."""
        try:
            found = people_like(faces_of(self.user, [pk])[0], user=self.user)
        except VisionError as error:
            raise unavailable(error) from error
        people = [
            {"person": one.person.pk, "name": one.person.name, "probability": one.probability}
            for one in found
        ]
        return Response(self.shown(LikelyPeopleOut, {"people": people}))


class FaceName(ApiView):
    """Who it is."""

    token_scopes = FACES

    @operation(
        "face_name",
        tag="faces",
        takes=FaceNameIn,
        gives=PersonOut,
        asked={"name": "Anna Castillo"},
        example=ANNA,
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Say who a face is, and with it the group without a name that it is in.

        Somebody else has the name: `name_taken` (409), with `person`; ask whether they are one, and then send
        `merge`, or `face`.
        """
        data = self.told(FaceNameIn)
        face, user = faces_of(self.user, [pk])[0], self.user
        there = person_called(owner=user, name=data["name"]) if data["meant"] == "merge" else None
        if there is not None:
            now = group_merge(face=face, into=there, by=user)
        else:
            now = face_name(face=face, name=data["name"], by=user, alone=data["meant"] == "face")
        return Response(self.shown(PersonOut, counted(user.pk, [now.pk]).get()))


class FacesName(ApiView):
    """Who they are."""

    token_scopes = FACES

    @operation(
        "faces_name",
        tag="faces",
        takes=FacesNameIn,
        gives=PersonOut,
        asked={"faces": [2210, 2212], "name": "Anna Castillo"},
        example=ANNA,
    )
    def post(self, _request: Request) -> Response:
        """Say that these faces, and no others, are the person of this name, old or new."""
        data = self.told(FacesNameIn)
        now = faces_name(faces=faces_of(self.user, data["faces"]), name=data["name"], by=self.user)
        return Response(self.shown(PersonOut, counted(self.user.pk, [now.pk]).get()))


class Verdicts(ApiView):
    """What was said."""

    token_scopes = FACES

    @operation(
        "verdicts_list",
        tag="faces",
        gives=VerdictOut,
        many=True,
        query=[VerdictsIn],
        example={
            "id": 71,
            "face": 881,
            "person": 12,
            "kind": "is",
            "by": "ada",
            "at": "2026-05-01T09:30:00Z",
        },
    )
    def get(self, _request: Request) -> Response:
        """What was said of one's faces: that they are somebody, or are not. Guesses are not among it."""
        asked, user = self.asked(VerdictsIn), self.user
        told = Verdict.objects.filter(person__owner=user, face__image__owner=user, face__binned=False)
        told = told.filter(**{f"{name}_id": asked[name] for name in ("face", "person") if name in asked})
        return self.page(VerdictOut, told.select_related("by"), OLDEST_FIRST)
