"""People: list, change, merge, split and erase them. All changes but erasure can be undone."""

from collections.abc import Collection
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from albums.ordering import BY_ID
from albums.pagination import Page
from albums.tasks import enqueue_sweep
from api.lookups import get_faces, get_people, get_person
from api.schema import Operation
from api.serializers.faces import FacesIn
from api.serializers.people import (
    AroundOut,
    ErasedOut,
    MergeIn,
    MergePreviewOut,
    NamesOut,
    NamesQuery,
    OtherIn,
    OthersQuery,
    PeopleQuery,
    PeopleShowIn,
    PersonIn,
    PersonOut,
)
from api.views.base import FacesView
from faces.messages import message
from faces.models import Change, Person
from faces.services.erasing.erasure import person_erase
from faces.services.history.history import change_recorded
from faces.services.people.co_occurrence import seen_with
from faces.services.people.edits import (
    called,
    person_cover,
    person_details,
    person_hide,
    person_name,
    person_show,
    person_split,
)
from faces.services.people.index import people_index, similar_people
from faces.services.people.name_search import people_matching
from faces.services.people.sidecar_names import sidecar_names
from faces.services.people.stats import stats_refresh
from faces.services.reviewing.bulk import people_mark_apart, people_set_hidden
from faces.services.reviewing.merging import Together, people_in_common, people_merge
from faces.services.searching.candidates import Likely

MAX_AROUND = 12


class PersonView(FacesView):
    """Base of the views that return people."""

    tag = "people"

    def rows(self, people: Collection[int] | None = None) -> Any:
        """Return the account's people, or some of them, with their stored numbers of faces and photos."""
        stats_refresh(owner_id=self.user.pk)
        rows = Person.objects.filter(owner=self.user)
        if people is not None:
            rows = rows.filter(pk__in=people)
        return rows.annotate(
            face_count=Coalesce(F("stats__faces"), 0),
            photo_count=Coalesce(F("stats__photos"), 0),
        ).with_shown_face()

    def current(self, pk: int) -> Person:
        """Return a person in their current state. Raises Http404."""
        person: Person = get_object_or_404(self.rows([pk]), pk=pk)
        return person


class People(PersonView):
    """List people."""

    @Operation("people_list", response=PersonOut, many=True, parameters=[PeopleQuery])
    def get(self) -> Page:
        """List the account's people: named ones, and unnamed groups with a face."""
        query = self.validated_query(PeopleQuery)
        rows = self.rows().filter(~Q(name="") | Q(stats__faces__gt=0), hidden=query["hidden"])
        if query["named"] is not None:
            rows = rows.exclude(name="") if query["named"] else rows.filter(name="")
        if query["q"]:
            rows = rows.filter(pk__in=people_matching(owner=self.user, text=query["q"]))
        return self.page(rows, BY_ID)


class PersonDetail(PersonView):
    """Retrieve or update a person."""

    @Operation("person_get", response=PersonOut)
    def get(self, pk: int) -> Person:
        """Retrieve a person or an unnamed group."""
        return self.current(pk)

    @Operation(
        "person_change",
        request=PersonIn,
        response=PersonOut,
        request_example={"name": "Anna Castillo", "birth_date": "1984-03-09"},
    )
    def patch(self, pk: int) -> Person:
        """Change the name, birth date, cover or visibility of a person, recorded as one change."""
        user = self.user
        person, data = get_person(user, pk), self.validated_body(PersonIn)
        with change_recorded(owner=user, by=user, kind=Change.Kind.DETAILS, faces=(), people=[pk]) as change:
            if "name" in data:
                person_name(person=person, name=data["name"], by=user)
            if "birth_date" in data:
                person_details(person=person, birth_date=data["birth_date"], by=user)
            if "cover" in data:
                person_cover(person=person, face=get_faces(user, [data["cover"]])[0], by=user)
            if "hidden" in data:
                (person_hide if data["hidden"] else person_show)(person=person, by=user)
            name = data.get("name") or called(person)
            change.summary = message("Changed the details of %(name)s", name=name)
        return self.current(pk)


class PersonMerge(PersonView):
    """Merge people into a person."""

    @Operation("people_merge", request=MergeIn, response=PersonOut, request_example={"others": [40, 41]})
    def post(self, pk: int) -> Person:
        """Merge other people into this person.

        If verdicts contradict it, the error is `facts_contradict` (409), unless `contradicted` is true.
        """
        into, data = get_person(self.user, pk), self.validated_body(MergeIn)
        others = get_people(self.user, data["others"])
        merged = people_merge(
            into=into, others=others, by=self.user, contradicted=data["contradicted"], twice=data["twice"]
        )
        return self.current(merged.pk)

    @Operation("people_merge_preview", response=MergePreviewOut, parameters=[OthersQuery])
    def get(self, pk: int) -> Together:
        """Retrieve the photos that the people share, and what merging them would do there."""
        others = get_people(self.user, self.validated_query(OthersQuery)["others"])
        return people_in_common(people=[get_person(self.user, pk), *others], user=self.user)


class PersonSplit(PersonView):
    """Split a person."""

    @Operation(
        "person_split",
        request=FacesIn,
        response=PersonOut,
        status=201,
        request_example={"faces": [2210, 2212]},
        example={"id": 77, "name": "", "cover": None, "face_count": 2, "photo_count": 2},
    )
    def post(self, pk: int) -> Person:
        """Move some faces of a person to a new person, who is returned."""
        person = get_person(self.user, pk)
        faces = get_faces(self.user, self.validated_body(FacesIn)["faces"])
        return self.current(person_split(person=person, faces=faces, by=self.user).pk)


class PersonApart(PersonView):
    """Keep two people apart."""

    @Operation("people_part", request=OtherIn, request_example={"other": 40})
    def post(self, pk: int) -> None:
        """Record that two people are different, so that the review queue does not ask.

        If this is recorded already, the error is `question_gone` (409).
        """
        other = self.validated_body(OtherIn)["other"]
        people_mark_apart(one=get_person(self.user, pk), other=get_person(self.user, other), by=self.user)


class PersonAround(PersonView):
    """List similar people and people in the same photos."""

    @Operation("person_around", response=AroundOut)
    def get(self, pk: int) -> dict[str, Any]:
        """List people who look similar and may be the same, and people who are often in the same photos."""
        person = get_person(self.user, pk)
        similar = similar_people(people_index(self.user), pk, count=MAX_AROUND)
        together = seen_with(owner=self.user, person=person, count=MAX_AROUND)
        names = dict(Person.objects.visible_to(self.user).filter(pk__in=together).values_list("pk", "name"))
        return {
            "similar": [Likely(group.person_id, group.name, probability) for group, probability in similar],
            "together": [
                {"person": other, "name": names.get(other, ""), "photos": photos}
                for other, photos in together.items()
            ],
        }


class PersonErase(PersonView):
    """Erase the face data of a person."""

    @Operation("person_erase", response=ErasedOut)
    def post(self, pk: int) -> dict[str, Any]:
        """Permanently erase the face data of a person. The photos stay."""
        receipt = person_erase(person=get_person(self.user, pk), by=self.user)
        enqueue_sweep()
        return {"erased": receipt.counts}


class PeopleNames(PersonView):
    """Complete a name."""

    @Operation("people_names", response=NamesOut, parameters=[NamesQuery])
    def get(self) -> dict[str, Any]:
        """List people whose name contains `q`, best match first. Case and accents are ignored."""
        query = self.validated_query(NamesQuery)
        found = people_matching(owner=self.user, text=query["q"])[: query["limit"]]
        rows = {row.pk: row for row in self.rows(found).with_shown_face()}
        suggested = sidecar_names(get_person(self.user, query["person"])) if query.get("person") else []
        return {"people": [rows[pk] for pk in found if pk in rows], "suggested": suggested}


class PeopleShow(PersonView):
    """Hide or show people."""

    @Operation("people_show", request=PeopleShowIn, request_example={"people": [40, 41], "hidden": True})
    def post(self) -> None:
        """Hide people or show them again, recorded as one change. Their names and faces are preserved."""
        data = self.validated_body(PeopleShowIn)
        people_set_hidden(people=get_people(self.user, data["people"]), hidden=data["hidden"], by=self.user)
