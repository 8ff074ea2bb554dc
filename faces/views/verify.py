"""Comparison of two faces, each of a stored photo or of a picture, which is not stored."""

import logging
from io import BytesIO
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from albums.exceptions import ImageRefused
from albums.http.current_user import current_user
from albums.http.decorators import form_view
from albums.services.core.row_ids import row_id
from faces.error_messages import model_error_message, picture_error_message
from faces.exceptions import ComparisonError
from faces.forms import SIDES, VerifyForm
from faces.models import Face
from faces.querysets import FaceQuerySet
from faces.services.searching.verification import Verification, verify
from faces.views.face_picker import face_picker
from faces.views.temporary_pictures import TemporaryPicture, camera_page, temporary_picture
from faces.vision.errors import VisionError

logger = logging.getLogger(__name__)

Given = TemporaryPicture | Face


@form_view
def verify_page(request: HttpRequest) -> HttpResponse:
    """Compare two faces: uploaded pictures, or stored faces as in `?first=ID&second=ID`.

    POST `pick`, a side, opens the face picker, which returns `choose`, "side:face".
    """
    if request.method == "POST":
        return _posted(request)
    faces = _stored_faces(request)
    given: dict[str, Given] = {
        side: get_object_or_404(faces, pk=row_id(request.GET[side])) for side in SIDES if side in request.GET
    }
    return _compared(request, VerifyForm(), given)


def _stored_faces(request: HttpRequest) -> FaceQuerySet:
    return Face.objects.visible_to(current_user(request)).present().select_related("image", "person")


def _posted(request: HttpRequest) -> HttpResponse:
    data = request.POST.copy()
    side, _colon, face_id = data.get("choose", "").partition(":")
    if side in SIDES:
        data[f"{side}_face"], data[f"{side}_copy"] = face_id, ""
    pick = "" if side or "back" in data else data.get("pick", "")
    form = VerifyForm(data, request.FILES, partly=bool(side or "pick" in data))
    if not form.is_valid():
        return _page(request, form, status=400)
    given = _given(request, form)
    if form.errors:
        return _page(request, form, given=given, status=400)
    if pick in SIDES:
        held = {name: value for other in SIDES for name, value in _held(form, given, other).items()}
        return face_picker(request, side=pick, label=str(form[pick].label), held=held)
    return _compared(request, form, given)


def _given(request: HttpRequest, form: VerifyForm) -> dict[str, Given]:
    """Return the picture or face of each side; adds an error to the form for an unreadable picture."""
    given: dict[str, Given] = {}
    for side in SIDES:
        file, copy = form.cleaned_data[side], form.cleaned_data[f"{side}_copy"]
        face_id = form.cleaned_data[f"{side}_face"]
        if face_id and not file:
            given[side] = get_object_or_404(_stored_faces(request), pk=face_id)
        elif file or copy:
            try:
                given[side] = temporary_picture(file, copy)
            except ImageRefused as refusal:
                form.add_error(side, picture_error_message(refusal))
    return given


def _held(form: VerifyForm, given: dict[str, Given], side: str) -> dict[str, str]:
    """Return one side as the hidden fields of another page."""
    match given.get(side):
        case TemporaryPicture() as copy:
            index = form.index_of(side)
            return {f"{side}_copy": copy.encoded} | ({} if index is None else {f"{side}_index": str(index)})
        case Face() as face:
            return {f"{side}_face": str(face.pk)}
        case _:
            return {}


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
        )
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
        {
            "name": side,
            "field": form[side],
            "copy_errors": [*form[f"{side}_copy"].errors, *form[f"{side}_index"].errors],
            "copy": one if isinstance(one, TemporaryPicture) else None,
            "face": one if isinstance(one, Face) else None,
            "probe": getattr(answer, side, None),
        }
        for side, one in ((side, (given or {}).get(side)) for side in SIDES)
    ]
    context: dict[str, Any] = {"form": form, "sides": sides, "answer": answer, "problem": problem}
    return camera_page(request, "faces/verify.html", context, status=status)
