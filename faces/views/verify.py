"""Comparison of two faces, each of a stored photo or of a picture, which is not stored."""

import logging
from io import BytesIO
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext

from albums.http.body_limits import pictures, takes_bodies
from albums.http.current_user import current_user
from albums.http.decorators import form_view
from faces.error_messages import model_error_message, picture_error_message
from faces.exceptions import ComparisonError, NoSuchVerifier
from faces.forms import SIDES, VerifyForm
from faces.models import Face
from faces.services.searching.verification import Verification, verifiers_for, verify
from faces.views.face_picker import face_picker
from faces.views.temporary_pictures import TemporaryPicture, camera_page
from faces.views.two_faces import (
    Given,
    given_faces,
    held_fields,
    linked_faces,
    picked_data,
    side_contexts,
)
from faces.vision.errors import VisionError

logger = logging.getLogger(__name__)


@takes_bodies(pictures)
@form_view
def verify_page(request: HttpRequest) -> HttpResponse:
    """Compare two faces: uploaded pictures, or stored faces as in `?first=ID&second=ID`.

    POST `pick`, a side, opens the face picker, which returns `choose`, "side:face".
    """
    if request.method == "POST":
        return _posted(request)
    return _compared(request, VerifyForm(verifiers=_verifiers(request)), linked_faces(request))


def _verifiers(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the trained models as choices; the label has the accuracy of the test, with the distance's."""
    return [
        (
            one.name,
            gettext("%(name)s (right in %(own)s%% of its test, the distance in %(distance)s%%)")
            % {
                "name": one.name,
                "own": number_format(100 * one.accuracy, 1),
                "distance": number_format(100 * one.distance_accuracy, 1),
            },
        )
        for one in verifiers_for(current_user(request))
    ]


def _posted(request: HttpRequest) -> HttpResponse:
    data, pick = picked_data(request)
    partly = "pick" in data or "choose" in data
    form = VerifyForm(data, request.FILES, partly=partly, verifiers=_verifiers(request))
    if not form.is_valid():
        return _page(request, form, status=400)
    given = given_faces(request, form)
    if form.errors:
        return _page(request, form, given=given, status=400)
    if pick:
        held = {name: value for other in SIDES for name, value in held_fields(form, given, other).items()}
        if verifier := form.verifier_name():
            held["verifier"] = verifier
        return face_picker(
            request,
            action=reverse("faces:verify"),
            back=gettext("Back to comparison"),
            side=pick,
            label=str(form[pick].label),
            held=held,
        )
    return _compared(request, form, given)


def _compared(request: HttpRequest, form: VerifyForm, given: dict[str, Given]) -> HttpResponse:
    if len(given) < len(SIDES):
        return _page(request, form, given=given)
    first, second = (
        BytesIO(one.content) if isinstance(one, TemporaryPicture) else one
        for one in map(given.get, SIDES)
        if one
    )
    try:
        answer = verify(
            user=current_user(request),
            first=first,
            second=second,
            first_index=form.index_of("first"),
            second_index=form.index_of("second"),
            verifier=form.verifier_name(),
        )
    except NoSuchVerifier as error:
        return _page(request, form, given=given, problem=picture_error_message(error), status=409)
    except ComparisonError as error:
        side, problem = SIDES[error.which - 1], picture_error_message(error)
        if isinstance(given[side], Face):
            return _page(request, form, given=given, problem=problem, status=409)
        form.add_error(side, problem)
        return _page(request, form, given=given, status=400)
    except VisionError as error:
        logger.warning("verification: %s", error)
        return _page(request, form, given=given, problem=model_error_message(error), status=503)
    return _page(request, form, given=given, answer=answer)


def _page(
    request: HttpRequest,
    form: VerifyForm,
    *,
    given: dict[str, Given] | None = None,
    answer: Verification | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    sides = [
        side | {"probe": getattr(answer, side["name"], None)} for side in side_contexts(form, given or {})
    ]
    context: dict[str, Any] = {"form": form, "sides": sides, "answer": answer, "problem": problem}
    return camera_page(request, "faces/verify.html", context, status=status)
