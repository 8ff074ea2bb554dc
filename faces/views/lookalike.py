"""Who looks like this? A picture is searched with, and not kept."""

import logging
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from albums.exceptions import ImageRefused
from albums.http.current_user import current_user
from albums.services.core.row_ids import row_id
from faces.error_messages import model_error_message, picture_error_message
from faces.exceptions import ComparisonError, NoFaceFound, NotThere
from faces.forms import LookalikeForm
from faces.models import Face, Person
from faces.services.searching.lookalike import LookalikeResult, lookalikes, lookalikes_of_face
from faces.services.searching.nearest import NearFace
from faces.views.cards import for_cards
from faces.views.picture_pages import CAMERA_POLICY
from faces.views.temporary_pictures import TemporaryPicture, temporary_picture, temporary_picture_again
from faces.vision.errors import VisionError

logger = logging.getLogger(__name__)

# Below this a match is most likely somebody else; a few are shown all the same, as the best there is.
UNLIKELY = 0.1
UNLIKELY_SHOWN = 3


@dataclass(frozen=True, slots=True)
class PersonMatch:
    """A person in the answer, with the face that is shown for them."""

    person: Person
    face_id: int | None
    probability: float


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lookalike(request: HttpRequest) -> HttpResponse:
    """Search with a picture, or with the stored face `?face=ID`.

    When a picture has several faces, another can be chosen without sending it again.
    """
    if request.method != "POST":
        return _stored(request) if "face" in request.GET else _page(request, form=LookalikeForm())
    form = LookalikeForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form=form, status=400)
    given = form.cleaned_data["picture"]
    kept: TemporaryPicture | None = None
    try:
        kept = (
            temporary_picture(given) if given else temporary_picture_again(form.cleaned_data["kept_picture"])
        )
        result = lookalikes(
            user=current_user(request),
            # The first answer already comes from the copy, so that the numbers of its faces stay the same.
            picture=BytesIO(kept.content),
            # An index belongs to the copy that was searched before, not to a new file.
            face_index=None if given else form.cleaned_data["face_index"],
        )
    except NoFaceFound:
        return _page(request, form=LookalikeForm(), kept=kept)
    except (ImageRefused, ComparisonError) as refusal:
        form.add_error("picture", picture_error_message(refusal))
        return _page(request, form=form, kept=kept, status=400)
    except VisionError as error:
        logger.warning("look-alike search: %s", error)
        form.add_error(None, model_error_message(error))
        return _page(request, form=form, kept=kept, status=503)
    return _page(request, form=LookalikeForm(), kept=kept, result=result)


def _stored(request: HttpRequest) -> HttpResponse:
    given = row_id(request.GET["face"])
    mine = Face.objects.visible_to(current_user(request)).present().select_related("image")
    face = get_object_or_404(mine, pk=given)
    try:
        result = lookalikes_of_face(user=current_user(request), face=face)
    except NotThere as error:
        raise Http404(str(error)) from error
    except ComparisonError as error:
        return _page(
            request, form=LookalikeForm(), face=face, problem=picture_error_message(error), status=409
        )
    return _page(request, form=LookalikeForm(), face=face, result=result)


def _page(
    request: HttpRequest,
    *,
    form: LookalikeForm,
    kept: TemporaryPicture | None = None,
    result: LookalikeResult | None = None,
    face: Face | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "kept": kept,
        "face": face,
        "problem": problem,
        "kept_errors": [*form["kept_picture"].errors, *form["face_index"].errors],
    }
    if result is not None:
        context |= {
            "result": result,
            "matched_people": _matched_people(result),
            "matched_faces": _matched_faces(result),
        }
    response = render(request, "faces/lookalike.html", context, status=status)
    response.headers["Permissions-Policy"] = CAMERA_POLICY
    return response


def _matched_people(result: LookalikeResult) -> list[PersonMatch]:
    cards = for_cards(Person.objects.filter(pk__in=[match.person.pk for match in result.people]))
    shown: dict[int, int | None] = dict(cards.values_list("pk", "shown_face_id"))
    matches = [
        # The face that was nearest is the best picture of why a person is in the answer.
        PersonMatch(
            match.person, match.face.pk if match.face.crop else shown.get(match.person.pk), match.probability
        )
        for match in result.people
    ]
    return matches[: _worth_showing([match.probability for match in matches])]


def _matched_faces(result: LookalikeResult) -> list[NearFace]:
    matches = [match for match in result.faces if match.face.crop]
    return matches[: _worth_showing([match.probability for match in matches])]


def _worth_showing(probabilities: list[float]) -> int:
    """How many of a ranking to show: all that come near, and the first of those that do not."""
    near = sum(probability >= UNLIKELY for probability in probabilities)
    return near + UNLIKELY_SHOWN
