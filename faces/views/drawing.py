"""Faces that users draw on a photo."""

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext

from albums.http.current_user import current_user
from albums.http.decorators import action_view
from albums.http.redirects import redirect_back
from albums.models import Image
from faces.exceptions import PeopleError
from faces.forms import DrawnFaceForm
from faces.services.detecting.manual import DrawnFace, face_draw
from faces.views.undo_toast import undo_toast
from faces.vision.errors import VisionError

logger = logging.getLogger(__name__)


@action_view
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a face to a photo. POST: x, y, w, h (0..1 of the photo), who (a name, or empty), next.

    The models run within the request, which takes a second or two.
    """
    user = current_user(request)
    image = get_object_or_404(Image.objects.owned_by(user).ready(), pk=pk)
    form = DrawnFaceForm(request.POST)
    error = ""
    if form.is_valid():
        try:
            drawn = face_draw(image=image, box=form.box(), by=user, name=form.cleaned_data["who"])
            undo_toast(request, _message(drawn), by=user)
        except PeopleError as refusal:
            error = str(refusal)
        except VisionError as failure:
            logger.warning("drawing a face: %s", failure)
            error = str(failure)
        except OSError:
            logger.exception("drawing a face in image %s", pk)
            error = gettext("The photo could not be read. Try again in a moment.")
    else:
        error = " ".join(map(str, form.errors.get("who", ()))) or gettext("Draw a box around the face first.")
    if error:
        messages.error(request, error)
    return redirect_back(request, otherwise=reverse("albums:photo", args=[pk]))


def _message(drawn: DrawnFace) -> str:
    person = drawn.face.person
    if person is not None and person.name:
        return gettext("Face added: %(name)s") % {"name": person.name}
    if drawn.found:
        return gettext("Face added. Select it to name the person.")
    return gettext("Face added as you drew it. No face was detected there.")
