"""People, and what is said of them and of faces. Everything is a change that can be undone."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from api.pagination import Pages
from api.permissions import FACES
from api.rows import asking, faces_of, image_of, people_of, person_of
from api.serializers import AssignIn, FacesIn, MergeIn, PersonIn, PersonOut, RejectIn, RepeatsIn
from faces.models import Change, Person
from faces.sentences import said
from faces.services.journal import change_recorded
from faces.services.people import (
    called,
    faces_assign,
    faces_confirm,
    faces_dismiss,
    faces_reject,
    person_cover,
    person_details,
    person_hide,
    person_merge,
    person_name,
    person_show,
    person_split,
    photo_repeats,
)


def told(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The body of a request in its shape. Raises ValidationError, which says which fields are wrong."""
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    data: dict[str, Any] = given.validated_data
    return data


def with_counts(person: Person) -> dict[str, Any]:
    """A person as JSON, with the numbers of their faces and photos."""
    data: dict[str, Any] = PersonOut(
        Person.objects.filter(pk=person.pk).select_related("cover").with_counts().get()
    ).data
    return data


class People(ListAPIView[Any]):
    """GET: one's people, named ones and groups without a name, in pages; `?hidden=1` for the hidden ones."""

    token_scopes = FACES

    serializer_class = PersonOut
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Any]:
        """The people of who asks."""
        hidden = self.request.query_params.get("hidden") == "1"
        people: QuerySet[Any] = Person.objects.visible_to(asking(self.request)).worth_showing()
        people = people.filter(hidden=hidden)
        return people.select_related("cover").with_counts().order_by("pk")  # type: ignore[attr-defined,no-any-return]  # DRF forgets whose queryset it is


class OnePerson(APIView):
    """GET: a person. PATCH: name, birth_date, hidden, cover (a face's id), as one change."""

    token_scopes = FACES

    def get(self, request: Request, pk: int) -> Response:
        """Show them."""
        return Response(with_counts(person_of(asking(request), pk)))

    def patch(self, request: Request, pk: int) -> Response:
        """Change them."""
        user = asking(request)
        person, data = person_of(user, pk), told(PersonIn, request)
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
            change.summary = said("Changed the details of %(name)s", name=name)
        return Response(with_counts(person))


class Merge(APIView):
    """POST `{"others": [ids]}`: they become this person. `"contradicted": true` goes over what was said."""

    token_scopes = FACES

    def post(self, request: Request, pk: int) -> Response:
        """Merge them."""
        user = asking(request)
        into, data = person_of(user, pk), told(MergeIn, request)
        others = people_of(user, data["others"])
        stays = person_merge(into=into, others=others, by=user, contradicted=data["contradicted"])
        return Response(with_counts(stays))


class Split(APIView):
    """POST `{"faces": [ids]}`: these faces of this person become somebody new, who is returned."""

    token_scopes = FACES

    def post(self, request: Request, pk: int) -> Response:
        """Split them off."""
        user = asking(request)
        person = person_of(user, pk)
        faces = faces_of(user, told(FacesIn, request)["faces"])
        return Response(with_counts(person_split(person=person, faces=faces, by=user)), status=201)


class Assign(APIView):
    """POST `{"faces": [ids], "person": id or null}`: the faces are this person, or with null somebody new."""

    token_scopes = FACES

    def post(self, request: Request) -> Response:
        """Move them, and return the person."""
        user, data = asking(request), told(AssignIn, request)
        person = None if data["person"] is None else person_of(user, data["person"])
        faces = faces_of(user, data["faces"])
        return Response(with_counts(faces_assign(faces=faces, person=person, by=user)))


class Confirm(APIView):
    """POST `{"faces": [ids]}`: the faces are the people they are with."""

    token_scopes = FACES

    def post(self, request: Request) -> Response:
        """Confirm them."""
        user = asking(request)
        ids = told(FacesIn, request)["faces"]
        faces_confirm(faces=faces_of(user, ids), by=user)
        return Response({"faces": ids})


class Reject(APIView):
    """POST `{"faces": [ids], "person": id}`: the faces are not this person; left out: whom they are with."""

    token_scopes = FACES

    def post(self, request: Request) -> Response:
        """Reject them."""
        user, data = asking(request), told(RejectIn, request)
        person = person_of(user, data["person"]) if data.get("person") else None
        faces_reject(faces=faces_of(user, data["faces"]), person=person, by=user)
        return Response({"faces": data["faces"]})


class Dismiss(APIView):
    """POST `{"faces": [ids]}`: these are no faces. They are not found again."""

    token_scopes = FACES

    def post(self, request: Request) -> Response:
        """Dismiss them."""
        user = asking(request)
        ids = told(FacesIn, request)["faces"]
        faces_dismiss(faces=faces_of(user, ids), by=user)
        return Response({"faces": ids})


class Repeats(APIView):
    """POST `{"allowed": true}`: somebody may be in this photo twice: a mirror, a collage."""

    token_scopes = FACES

    def post(self, request: Request, pk: int) -> Response:
        """Say so."""
        user = asking(request)
        allowed = told(RepeatsIn, request)["allowed"]
        photo_repeats(image=image_of(user, pk), allowed=allowed, by=user)
        return Response({"allowed": allowed})
