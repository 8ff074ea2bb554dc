"""The same person or not? Two pictures side by side, or two stored faces; pictures are not kept."""

import logging
from io import BytesIO
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from albums.exceptions import ImageRefused
from albums.services.search import row_id
from albums.views.viewer import viewer
from faces.exceptions import ComparisonError
from faces.forms import SIDES, VerifyForm
from faces.models import Face
from faces.services.verification import Verification, verify
from faces.views.kept_pictures import KeptPicture, kept_copy
from faces.views.picture_pages import CAMERA_POLICY, model_problem, picture_problem
from faces.vision.errors import VisionError

logger = logging.getLogger(__name__)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    """Compare two pictures that are sent, or the stored faces `?first=ID&second=ID`."""
    if request.method == "POST":
        return _pictures(request)
    if set(SIDES) <= set(request.GET):
        return _stored(request)
    return _page(request, VerifyForm())


def _pictures(request: HttpRequest) -> HttpResponse:
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=400)
    kept: dict[str, KeptPicture] = {}
    for side in SIDES:
        try:
            kept[side] = kept_copy(form.cleaned_data[side] or BytesIO(form.cleaned_data[f"kept_{side}"]))
        except ImageRefused as refusal:
            form.add_error(side, picture_problem(refusal))
    if form.errors:
        return _page(request, form, kept=kept, status=400)
    try:
        answer = verify(
            user=viewer(request),
            first=BytesIO(kept["first"].content),
            second=BytesIO(kept["second"].content),
            first_index=form.index_of("first"),
            second_index=form.index_of("second"),
        )
    except ComparisonError as error:
        form.add_error(SIDES[error.which - 1], picture_problem(error))
        return _page(request, form, kept=kept, status=400)
    except VisionError as error:
        logger.warning("verification: %s", error)
        form.add_error(None, model_problem(error))
        return _page(request, form, kept=kept, status=503)
    return _page(request, form, kept=kept, answer=answer)


def _stored(request: HttpRequest) -> HttpResponse:
    mine = Face.objects.visible_to(viewer(request)).present()
    first, second = (get_object_or_404(mine, pk=row_id(request.GET[side])) for side in SIDES)
    form = VerifyForm()
    try:
        answer = verify(user=viewer(request), first=first, second=second)
    except ComparisonError as error:
        return _page(request, form, problem=picture_problem(error), status=409)
    return _page(request, form, answer=answer)


def _page(
    request: HttpRequest,
    form: VerifyForm,
    *,
    kept: dict[str, KeptPicture] | None = None,
    answer: Verification | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    sides = [
        {
            "name": side,
            "field": form[side],
            "kept_errors": [*form[f"kept_{side}"].errors, *form[f"{side}_index"].errors],
            "kept": (kept or {}).get(side),
            "probe": getattr(answer, side, None),
        }
        for side in SIDES
    ]
    context: dict[str, Any] = {"form": form, "sides": sides, "answer": answer, "problem": problem}
    response = render(request, "faces/verify.html", context, status=status)
    response.headers["Permissions-Policy"] = CAMERA_POLICY
    return response
