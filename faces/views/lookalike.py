"""Search for people who look like a picture, which is not stored, or like a stored face."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from albums.http.body_limits import pictures, takes_bodies
from albums.http.current_user import current_user
from albums.http.decorators import form_view
from albums.services.core.row_ids import row_id
from faces.error_messages import picture_error_message
from faces.exceptions import ComparisonError, NotThere
from faces.forms import LookalikeForm
from faces.models import Face, Person
from faces.services.searching.lookalike import LookalikeResult, lookalikes, lookalikes_of_face
from faces.services.searching.nearest import NearFace
from faces.services.searching.recent_faces import recent_faces
from faces.views.decorators import recognition_required
from faces.views.picture_search import picture_search
from faces.views.temporary_pictures import TemporaryPicture, camera_page

UNLIKELY = 0.1
"""Probability below which matches are folded away."""

SHORTCUTS = 16
"""Recent faces that are offered before a search."""

Match = TypeVar("Match", "PersonMatch", NearFace)


@dataclass(frozen=True, slots=True)
class PersonMatch:
    """A person in the results, with the face to show for them."""

    person: Person
    face_id: int | None
    probability: float


@takes_bodies(pictures)
@recognition_required
@form_view
def lookalike(request: HttpRequest) -> HttpResponse:
    """Search with a picture, or with the stored face `?face=ID`.

    The page returns a copy of the picture, to select another of its faces without another upload.
    """
    if request.method != "POST":
        return _stored(request) if "face" in request.GET else _page(request, form=LookalikeForm())
    form, user = LookalikeForm(request.POST, request.FILES), current_user(request)
    found = picture_search(
        form, lambda picture, index: lookalikes(user=user, picture=picture, face_index=index)
    )
    if found.status == HTTPStatus.OK:
        form = LookalikeForm()
    return _page(request, form=form, copy=found.copy, result=found.result, status=found.status)


def _stored(request: HttpRequest) -> HttpResponse:
    user = current_user(request)
    faces = Face.objects.visible_to(user).present().select_related("image")
    face = get_object_or_404(faces, pk=row_id(request.GET["face"]))
    try:
        result = lookalikes_of_face(user=user, face=face)
    except NotThere as error:
        raise Http404(str(error)) from error
    except ComparisonError as error:
        problem = picture_error_message(error)
        return _page(request, form=LookalikeForm(), face=face, problem=problem, status=409)
    return _page(request, form=LookalikeForm(), face=face, result=result)


def _page(
    request: HttpRequest,
    *,
    form: LookalikeForm,
    copy: TemporaryPicture | None = None,
    result: LookalikeResult | None = None,
    face: Face | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "copy": copy,
        "face": face,
        "problem": problem,
        "copy_errors": [*form["picture_copy"].errors, *form["face_index"].errors],
    }
    if result is not None:
        context["result"] = result
        context["people"], context["unlikely_people"] = _folded(_matched_people(result))
        context["faces"], context["unlikely_faces"] = _folded(
            [match for match in result.faces if match.face.crop]
        )
    elif copy is None and face is None:
        context["shortcuts"] = recent_faces(current_user(request), count=SHORTCUTS)
    return camera_page(request, "faces/lookalike.html", context, status=status)


def _matched_people(result: LookalikeResult) -> list[PersonMatch]:
    people = Person.objects.filter(pk__in=[match.person.pk for match in result.people]).with_shown_face()
    shown: dict[int, int | None] = dict(people.values_list("pk", "shown_face_id"))
    return [
        # The nearest face explains best why a person is among the results.
        PersonMatch(
            match.person, match.face.pk if match.face.crop else shown.get(match.person.pk), match.probability
        )
        for match in result.people
    ]


def _folded(matches: list[Match]) -> tuple[list[Match], list[Match]]:
    """Return the likely matches, and those that are folded away."""
    likely = [match for match in matches if match.probability >= UNLIKELY]
    return likely, [match for match in matches if match.probability < UNLIKELY]
