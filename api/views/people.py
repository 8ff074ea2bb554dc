"""People, and what is said of them. Everything is a change that can be undone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce
from rest_framework.request import Request
from rest_framework.response import Response

from api.pagination import By
from api.permissions import FACES
from api.rows import faces_of, people_of, person_of
from api.schema import operation
from api.serializers.people import (
    AroundOut,
    ErasedOut,
    FacesIn,
    MergeIn,
    PeopleIn,
    PersonIn,
    PersonOut,
)
from api.views.base import ApiView
from faces.exceptions import NotThere
from faces.messages import message
from faces.models import Change, Person
from faces.services.erasing.erasure import person_erase
from faces.services.history.history import change_recorded
from faces.services.people.co_occurrence import company_of
from faces.services.people.edits import (
    called,
    person_cover,
    person_details,
    person_hide,
    person_merge,
    person_name,
    person_show,
    person_split,
)
from faces.services.people.index import known_of, near_people
from faces.services.people.name_search import people_matching
from faces.services.people.stats import stats_refresh
from faces.tasks import cluster_sweep

TAG = "people"
OLDEST_FIRST = (By("id"),)
SIMILAR_SHOWN = 12
COMPANY_SHOWN = 12
ANNA = {
    "id": 12,
    "name": "Anna Castillo",
    "hidden": False,
    "birth_date": "1984-03-09",
    "cover": 881,
    "face_count": 230,
    "photo_count": 228,
}


def counted(owner_id: int, people: Collection[int] | None = None) -> QuerySet[Any, Any]:
    """An owner's people with the numbers of their faces and photos, which are kept: nothing is counted."""
    stats_refresh(owner_id=owner_id)
    rows: QuerySet[Any, Any] = Person.objects.filter(owner_id=owner_id)
    if people is not None:
        rows = rows.filter(pk__in=people)
    rows = rows.annotate(
        face_count=Coalesce(F("stats__faces"), 0),
        photo_count=Coalesce(F("stats__photos"), 0),
        # A face whose photo is in the bin is seen nowhere.
        cover_shown=Case(When(cover__binned=False, then=F("cover_id"))),
    )
    return rows  # noqa: RET504 - a name of its own, for its type


class People(ApiView):
    """All of them."""

    token_scopes = FACES

    @operation("people_list", tag=TAG, gives=PersonOut, many=True, query=[PeopleIn], example=ANNA)
    def get(self, _request: Request) -> Response:
        """One's people: those with a name, and groups without one that have a face."""
        asked = self.asked(PeopleIn)
        rows = counted(self.user.pk).filter(~Q(name="") | Q(stats__faces__gt=0), hidden=asked["hidden"])
        if asked["named"] is not None:
            rows = rows.exclude(name="") if asked["named"] else rows.filter(name="")
        if asked["q"]:
            rows = rows.filter(pk__in=people_matching(owner=self.user, text=asked["q"]))
        return self.page(PersonOut, rows, OLDEST_FIRST)


class OnePerson(ApiView):
    """One of them."""

    token_scopes = FACES

    @operation("person_get", tag=TAG, gives=PersonOut, example=ANNA)
    def get(self, _request: Request, pk: int) -> Response:
        """A person, or a group that nobody has named yet."""
        return self.answer(pk)

    @operation(
        "person_change",
        tag=TAG,
        takes=PersonIn,
        gives=PersonOut,
        asked={"name": "Anna Castillo", "birth_date": "1984-03-09"},
        example=ANNA,
    )
    def patch(self, _request: Request, pk: int) -> Response:
        """Name, hide, set the cover or the birth date, as one change. What is left out stays as it is."""
        user = self.user
        person, data = person_of(user, pk), self.told(PersonIn)
        with change_recorded(owner=user, by=user, kind=Change.Kind.DETAILS, faces=(), people=[pk]) as change:
            if "name" in data:
                person_name(person=person, name=data["name"], by=user)
            if "birth_date" in data:
                person_details(person=person, birth_date=data["birth_date"], by=user)
            if "cover" in data:
                person_cover(person=person, face=faces_of(user, [data["cover"]])[0], by=user)
            if "hidden" in data:
                (person_hide if data["hidden"] else person_show)(person=person, by=user)
            name = data.get("name") or called(person)
            change.summary = message("Changed the details of %(name)s", name=name)
        return self.answer(pk)

    def answer(self, pk: int, *, status: int = 200) -> Response:
        """The person as they are now."""
        person = counted(self.user.pk, [pk]).first()
        if person is None:
            raise NotThere("person")
        return Response(self.shown(PersonOut, person), status=status)


class Merge(OnePerson):
    """Merging."""

    http_method_names = ["post", "options"]

    @operation(
        "people_merge", tag=TAG, takes=MergeIn, gives=PersonOut, asked={"others": [40, 41]}, example=ANNA
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Others become this person. Against what was said before it is `facts_contradict` (409)."""
        into, data = person_of(self.user, pk), self.told(MergeIn)
        others = people_of(self.user, data["others"])
        stays = person_merge(into=into, others=others, by=self.user, contradicted=data["contradicted"])
        return self.answer(stays.pk)


class Split(OnePerson):
    """Splitting."""

    http_method_names = ["post", "options"]

    @operation(
        "person_split",
        tag=TAG,
        takes=FacesIn,
        gives=PersonOut,
        status=201,
        asked={"faces": [2210, 2212]},
        example={**ANNA, "id": 77, "name": "", "cover": None, "face_count": 2, "photo_count": 2},
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Some faces of this person become somebody new, who is returned."""
        person = person_of(self.user, pk)
        faces = faces_of(self.user, self.told(FacesIn)["faces"])
        return self.answer(person_split(person=person, faces=faces, by=self.user).pk, status=201)


class Around(OnePerson):
    """Who is near."""

    http_method_names = ("get", "options")

    @operation(
        "person_around",
        tag=TAG,
        gives=AroundOut,
        example={
            "similar": [{"person": 40, "name": "", "probability": 0.62}],
            "together": [{"person": 13, "name": "Ben Castillo", "photos": 61}],
        },
    )
    def get(self, _request: Request, pk: int) -> Response:
        """People who look like this one, and may be the same; and people who are often in the same photo."""
        person = person_of(self.user, pk)
        similar = near_people(known_of(self.user), pk, count=SIMILAR_SHOWN)
        company = company_of(owner=self.user, person=person, count=COMPANY_SHOWN)
        names = dict(Person.objects.visible_to(self.user).filter(pk__in=company).values_list("pk", "name"))
        told = {
            "similar": [
                {"person": one.person_id, "name": one.name, "probability": probability}
                for one, probability in similar
            ],
            "together": [
                {"person": other, "name": names.get(other, ""), "photos": photos}
                for other, photos in company.items()
            ],
        }
        return Response(self.shown(AroundOut, told))


class Erase(OnePerson):
    """For good."""

    http_method_names = ("post", "options")

    @operation(
        "person_erase", tag=TAG, gives=ErasedOut, example={"erased": {"embeddings": 230, "faces": 230}}
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Erase all that is known of this person's face: there is no way back. The photos stay."""
        receipt = person_erase(person=person_of(self.user, pk), by=self.user)
        # Deleted rows stay in the files of the database until they are swept.
        transaction.on_commit(cluster_sweep.delay, robust=True)
        return Response(self.shown(ErasedOut, {"erased": receipt.counts}))
