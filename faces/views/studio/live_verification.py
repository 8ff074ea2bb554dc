"""Live verification: frames of a camera, which are not stored, against a picture or a person."""

import logging
from http import HTTPStatus
from io import BytesIO
from typing import Any

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from albums.error_messages import pictures_busy_message
from albums.exceptions import ImageRefused, PicturesBusy
from albums.http.body_limits import pictures, takes_bodies
from albums.http.current_user import current_user
from albums.http.decorators import action_view, form_view
from albums.services.core.row_ids import row_id
from faces.error_messages import model_error_message, picture_error_message
from faces.exceptions import ComparisonError, NoFaceFound, PersonNotReadYet
from faces.forms import LookalikeForm, VerifyForm
from faces.models import Person
from faces.services.searching.verification import (
    FrameVerification,
    PictureBase,
    base_from_picture,
    frame_verify,
    person_ready,
)
from faces.studio_forms import FrameForm
from faces.templatetags.probabilities import hundredths, level, likeness, percent
from faces.views.decorators import recognition_required
from faces.views.people import people_in_order
from faces.views.temporary_pictures import TemporaryPicture, camera_page, temporary_picture
from faces.vision.errors import VisionError

logger = logging.getLogger(__name__)

PEOPLE_PER_PAGE = 60


@takes_bodies(pictures)
@recognition_required
@form_view
def live_verification(request: HttpRequest) -> HttpResponse:
    """Choose a picture, or a person as in `?person=ID`, and compare the camera's frames with it.

    GET also reads q, a part of a name, and page, for the choice of a person.
    """
    if request.method == "POST":
        return _posted(request)
    if "person" not in request.GET:
        return _page(request, LookalikeForm())
    user = current_user(request)
    people = Person.objects.visible_to(user).with_shown_face()
    person = get_object_or_404(people, pk=row_id(request.GET["person"]))
    try:
        person_ready(person, user=user)
    except PersonNotReadYet as error:
        problem = picture_error_message(error)
        return _page(request, LookalikeForm(), problem=problem, status=HTTPStatus.CONFLICT)
    return _page(request, LookalikeForm(), person=person)


@takes_bodies(pictures)
@recognition_required
@action_view
def frame(request: HttpRequest) -> HttpResponse:
    """Compare a frame with `base`, a token, or `person`, an id. The answer is JSON.

    A frame without a face is normal: then `face` is null. An error has `message` and, if another frame may
    do better, `again`.
    """
    form = FrameForm(request.POST, request.FILES)
    if not form.is_valid():
        message = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"message": message, "again": False}, status=HTTPStatus.BAD_REQUEST)
    user = current_user(request)
    base: str | Person = form.cleaned_data["base"]
    if person_id := form.cleaned_data["person"]:
        base = get_object_or_404(Person.objects.visible_to(user), pk=person_id)
    try:
        answer = frame_verify(user=user, frame=form.cleaned_data["frame"], base=base)
    except NoFaceFound:
        return JsonResponse({"face": None})
    except PicturesBusy:
        message = pictures_busy_message()
        return JsonResponse({"message": message, "again": True}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    except ComparisonError as error:
        message = picture_error_message(error)
        return JsonResponse({"message": message, "again": False}, status=HTTPStatus.CONFLICT)
    except VisionError as error:
        logger.warning("live verification: %s", error)
        message = model_error_message(error)
        return JsonResponse({"message": message, "again": False}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return JsonResponse(_shown(answer))


def _shown(answer: FrameVerification) -> dict[str, Any]:
    box, probability = answer.face.box, answer.probability
    return {
        "face": [box.x, box.y, box.w, box.h],
        "probability": probability,
        "percent": percent(probability),
        "hundredths": hundredths(probability),
        "level": level(probability),
        "text": likeness(probability),
        "distance": round(answer.distance, 4),
    }


def _posted(request: HttpRequest) -> HttpResponse:
    form = LookalikeForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=HTTPStatus.BAD_REQUEST)
    file, copy = form.cleaned_data["picture"], None
    try:
        copy = temporary_picture(file, form.cleaned_data["picture_copy"])
        index = None if file else form.cleaned_data["face_index"]
        base = base_from_picture(user=current_user(request), picture=BytesIO(copy.content), face_index=index)
    except (ImageRefused, ComparisonError) as refusal:
        form.add_error("picture", picture_error_message(refusal))
        return _page(request, form, status=HTTPStatus.BAD_REQUEST)
    except VisionError as error:
        logger.warning("live verification: %s", error)
        form.add_error(None, model_error_message(error))
        return _page(request, form, copy=copy, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return _page(request, LookalikeForm(), copy=copy, base=base)


def _page(
    request: HttpRequest,
    form: LookalikeForm,
    *,
    copy: TemporaryPicture | None = None,
    base: PictureBase | None = None,
    person: Person | None = None,
    problem: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "copy": copy,
        "base": base,
        "person": person,
        "problem": problem,
        "shots": VerifyForm(),
        "copy_errors": [*form["picture_copy"].errors, *form["face_index"].errors],
    }
    if base is None and person is None:
        context |= _people(current_user(request), request)
    return camera_page(request, "studio/verify.html", context, status=status)


def _people(user: User, request: HttpRequest) -> dict[str, Any]:
    query = request.GET.get("q", "").strip()[:200]
    rows = people_in_order(user, hidden=False, query=query)
    return {"query": query, "page": Paginator(rows, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))}
