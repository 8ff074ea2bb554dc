"""The two faces of a form: uploaded pictures, the page's copies of them, or stored faces."""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from albums.exceptions import ImageRefused
from albums.http.current_user import current_user
from albums.services.core.row_ids import row_id
from faces.error_messages import picture_error_message
from faces.forms import SIDES, VerifyForm
from faces.models import Face
from faces.querysets import FaceQuerySet
from faces.views.temporary_pictures import TemporaryPicture, temporary_picture

Given = TemporaryPicture | Face


def stored_faces(request: HttpRequest) -> FaceQuerySet:
    """Return the faces that the user may see."""
    return Face.objects.visible_to(current_user(request)).present().select_related("image", "person")


def linked_faces(request: HttpRequest) -> dict[str, Given]:
    """Return the stored faces of `?first=ID&second=ID`. Raises Http404."""
    faces = stored_faces(request)
    return {
        side: get_object_or_404(faces, pk=row_id(request.GET[side])) for side in SIDES if side in request.GET
    }


def picked_data(request: HttpRequest) -> tuple[QueryDict, str]:
    """Return the posted data with a face that the picker returned, and the side to pick now, or ""."""
    data = request.POST.copy()
    side, _colon, face_id = data.get("choose", "").partition(":")
    if side in SIDES:
        data[f"{side}_face"], data[f"{side}_copy"] = face_id, ""
        return data, ""
    data.pop("choose", None)
    pick = "" if "back" in data else data.get("pick", "")
    return data, pick if pick in SIDES else ""


def given_faces(request: HttpRequest, form: VerifyForm) -> dict[str, Given]:
    """Return the picture or face of each side; adds an error to the form for an unreadable picture.

    Raises Http404 for a face that the user may not see.
    """
    given: dict[str, Given] = {}
    for side in SIDES:
        file, copy = form.cleaned_data[side], form.cleaned_data[f"{side}_copy"]
        face_id = form.cleaned_data[f"{side}_face"]
        if face_id and not file:
            given[side] = get_object_or_404(stored_faces(request), pk=face_id)
        elif file or copy:
            try:
                given[side] = temporary_picture(file, copy)
            except ImageRefused as refusal:
                form.add_error(side, picture_error_message(refusal))
    return given


def held_fields(form: VerifyForm, given: dict[str, Given], side: str) -> dict[str, str]:
    """Return one side as the hidden fields of another page."""
    match given.get(side):
        case TemporaryPicture() as copy:
            index = form.index_of(side)
            return {f"{side}_copy": copy.encoded} | ({} if index is None else {f"{side}_index": str(index)})
        case Face() as face:
            return {f"{side}_face": str(face.pk)}
        case _:
            return {}


def side_contexts(form: VerifyForm, given: dict[str, Given]) -> list[dict[str, Any]]:
    """Return the context of each side for a template."""
    return [
        {
            "name": side,
            "field": form[side],
            "copy_errors": [*form[f"{side}_copy"].errors, *form[f"{side}_index"].errors],
            "copy": one if isinstance(one, TemporaryPicture) else None,
            "face": one if isinstance(one, Face) else None,
        }
        for side, one in ((side, given.get(side)) for side in SIDES)
    ]
