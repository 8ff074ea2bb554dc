"""Who looks like this? A picture is searched with, and not kept."""

import base64
import logging
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from albums import imaging
from albums.exceptions import ImageRefused
from albums.services.limits import image_limits
from albums.views.viewer import viewer
from faces.conf import face_settings
from faces.forms import LookalikeForm
from faces.models import Face, Person
from faces.services.search import LookalikeResult, lookalikes
from faces.views.people import for_cards
from faces.vision.errors import VisionError

logger = logging.getLogger(__name__)

# Long side of the copy that goes back to the page and, when another face is chosen, comes here again.
KEPT_SIDE = 1024
# Cosine distances up to which the words hold, for each model; probabilities come later. For FaceNet on
# pairs of LFW: nine of ten true pairs lie below .41, one false pair in a thousand below .57, one in a hundred
# below .64. For SFace the middle one is the limit that its authors publish.
CLOSENESS = {
    "facenet128": ((0.42, "very likely"), (0.55, "likely"), (0.66, "perhaps")),
    "sface128": ((0.50, "very likely"), (0.64, "likely"), (0.72, "perhaps")),
}
FARTHEST = "unlikely"
UNLIKELY_SHOWN = 3


@dataclass(frozen=True, slots=True)
class PersonMatch:
    """A person in the answer, with the words for how near they are."""

    person: Person
    face_id: int | None
    level: str
    words: str


@dataclass(frozen=True, slots=True)
class FaceMatch:
    """A face in the answer."""

    face: Face
    level: str
    words: str


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
    try:
        kept, size = _kept_copy(source)
        result = lookalikes(
            user=viewer(request),
            # The first answer already comes from the copy, so that the numbers of its faces stay the same.
            picture=BytesIO(kept),
            # An index belongs to the copy that was searched before, not to a new file.
            face_index=None if given else form.cleaned_data["face_index"],
        )
    except ImageRefused as refusal:
        form.add_error("picture", refusal.message)
        return _page(request, form=form, status=400)
    except VisionError as error:
        logger.warning("look-alike search: %s", error)
        form.add_error(None, str(error))
        return _page(request, form=form, status=503)
    return _page(request, form=LookalikeForm(), kept=kept, size=size, result=result)


def _kept_copy(source: Any) -> tuple[bytes, tuple[int, int]]:
    """Return the picture as a smaller upright JPEG, with its width and height."""
    pixels = imaging.decode(source, max_side=KEPT_SIDE, limits=image_limits())
    made = imaging.encode_jpeg(pixels, max_side=KEPT_SIDE)
    return made.data, (made.width, made.height)


def closeness(distance: float) -> tuple[str, str]:
    """Return the class and the words for a cosine distance of the model in use."""
    limits = CLOSENESS[face_settings().embedder]
    words = next((words for limit, words in limits if distance <= limit), FARTHEST)
    return words.replace(" ", "-"), words


def _page(
    request: HttpRequest,
    *,
    form: LookalikeForm,
    kept: bytes = b"",
    size: tuple[int, int] = (0, 0),
    result: LookalikeResult | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form}
    if result is not None:
        encoded = base64.b64encode(kept).decode("ascii")
        context |= {
            "picture_url": f"data:image/jpeg;base64,{encoded}",
            "kept_picture": encoded,
            "picture_width": size[0],
            "picture_height": size[1],
            "faces_found": result.faces_found,
            "chosen": result.chosen,
            "no_face": not result.faces_found,
            "result": result if result.faces_found else None,
            "matched_people": _matched_people(result),
            "matched_faces": _matched_faces(result),
        }
    return render(request, "faces/lookalike.html", context, status=status)


def _matched_people(result: LookalikeResult) -> list[PersonMatch]:
    # The face that was nearest is the best picture of why a person is in the answer.
    nearest: dict[int, int] = {}
    for face, _distance in result.faces:
        if face.person_id is not None and face.crop:
            nearest.setdefault(face.person_id, face.pk)
    cards = for_cards(Person.objects.filter(pk__in=[person.pk for person, _distance in result.people]))
    shown: dict[int, int | None] = dict(cards.values_list("pk", "shown_face_id"))
    matches = [
        PersonMatch(person, nearest.get(person.pk) or shown.get(person.pk), *closeness(distance))
        for person, distance in result.people
    ]
    return matches[: _worth_showing([match.words for match in matches])]


def _matched_faces(result: LookalikeResult) -> list[FaceMatch]:
    matches = [FaceMatch(face, *closeness(distance)) for face, distance in result.faces if face.crop]
    return matches[: _worth_showing([match.words for match in matches])]


def _worth_showing(words: list[str]) -> int:
    """How many of a ranking to show: all that come near, and the first of those that do not."""
    near = sum(one != FARTHEST for one in words)
    return near + UNLIKELY_SHOWN
