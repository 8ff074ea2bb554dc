"""Who looks like this? A picture is searched with, and not kept."""

import logging
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from albums.exceptions import ImageRefused
from albums.views.viewer import viewer
from faces.exceptions import ComparisonError, NoFaceFound
from faces.forms import LookalikeForm
from faces.models import Person
from faces.services.nearest import NearFace
from faces.services.search import LookalikeResult, lookalikes
from faces.views.cards import for_cards
from faces.views.kept_pictures import KeptPicture, kept_copy
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
    """Search with a picture. When it has several faces, another can be chosen without sending it again."""
    if request.method != "POST":
        return _page(request, form=LookalikeForm())
    form = LookalikeForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form=form, status=400)
    given = form.cleaned_data["picture"]
    source: Any = given or BytesIO(form.cleaned_data["kept_picture"])
    kept: KeptPicture | None = None
    try:
        kept = kept_copy(source)
        result = lookalikes(
            user=viewer(request),
            # The first answer already comes from the copy, so that the numbers of its faces stay the same.
            picture=BytesIO(kept.content),
            # An index belongs to the copy that was searched before, not to a new file.
            face_index=None if given else form.cleaned_data["face_index"],
        )
    except NoFaceFound:
        return _page(request, form=LookalikeForm(), kept=kept)
    except (ImageRefused, ComparisonError) as refusal:
        form.add_error("picture", str(refusal))
        return _page(request, form=form, status=400)
    except VisionError as error:
        logger.warning("look-alike search: %s", error)
        form.add_error(None, str(error))
        return _page(request, form=form, status=503)
    return _page(request, form=LookalikeForm(), kept=kept, result=result)


def _page(
    request: HttpRequest,
    *,
    form: LookalikeForm,
    kept: KeptPicture | None = None,
    result: LookalikeResult | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "kept": kept}
    if result is not None:
        context |= {
            "result": result,
            "matched_people": _matched_people(result),
            "matched_faces": _matched_faces(result),
        }
    return render(request, "faces/lookalike.html", context, status=status)


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
