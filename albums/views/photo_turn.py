"""A photo turned by a quarter turn by its owner."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext

from albums.edit_forms import QUARTER_TURNS
from albums.exceptions import ImageRefused
from albums.http.current_user import current_user
from albums.http.decorators import action_view
from albums.http.redirects import redirect_back
from albums.http.toasts import toast
from albums.models import Image
from albums.services.core.row_ids import whole_number
from albums.services.reading.turning import image_set_turns


@action_view
def turn(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn a photo by a quarter turn. POST: to (left or right), next."""
    image = _own_image(request, pk)
    before = image.turns
    by = QUARTER_TURNS.get(request.POST.get("to", ""))
    if by is None:
        messages.error(request, gettext("The form is incomplete."))
    elif _turned(request, image, (before + by) % 4):
        undo = f"{reverse('albums:photo_turn_undo', args=[pk])}?turns={before}"
        toast(request, gettext("Photo turned"), undo=undo)
    return _back(request, pk)


@action_view
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn a photo as it was before, as `?turns=` says. POST: next."""
    image, before = _own_image(request, pk), whole_number(request.GET.get("turns"))
    if before is None or before > 3:
        messages.error(request, gettext("This can no longer be undone."))
    elif _turned(request, image, before):
        messages.success(request, gettext("Photo turned back"))
    return _back(request, pk)


def _own_image(request: HttpRequest, pk: int) -> Image:
    return get_object_or_404(Image.objects.owned_by(current_user(request)).ready(), pk=pk)


def _turned(request: HttpRequest, image: Image, turns: int) -> bool:
    try:
        image_set_turns(image=image, turns=turns)
    except ImageRefused:
        messages.error(request, gettext("The photo wasn't turned: its original can't be read."))
        return False
    return True


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect_back(request, otherwise=reverse("albums:photo", args=[pk]))
