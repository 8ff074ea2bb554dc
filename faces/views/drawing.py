"""A box that was drawn on a photo becomes a face."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from albums.http.current_user import current_user
from albums.models import Image
from faces.exceptions import PeopleError
from faces.forms import DrawnFaceForm
from faces.services.detecting.manual import DrawnFace, face_draw
from faces.views.redirects import redirect_back
from faces.views.undo_toast import undo_toast
from faces.vision.errors import VisionError

logger = logging.getLogger(__name__)


@login_required
@require_POST
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a face of a box. POST: x, y, w, h (0..1 of the photo), who (a name, or empty), next.

    As in a look-alike search the models work in this request: a second or two, the first time a little more.
    """
    user = current_user(request)
    image = get_object_or_404(Image.objects.owned_by(user).ready(), pk=pk)
    form = DrawnFaceForm(request.POST)
    if not form.is_valid():
        named = form.errors.get("who")
        message = " ".join(map(str, named)) if named else gettext("Draw a box around the face first.")
        messages.error(request, message)
        return redirect_back(request, otherwise=reverse("albums:photo", args=[pk]))
    try:
        drawn = face_draw(image=image, box=form.box(), by=user, name=form.cleaned_data["who"])
    except PeopleError as error:
        messages.error(request, str(error))
    except VisionError as error:
        logger.warning("drawing a face: %s", error)
        messages.error(request, str(error))
    except OSError:
        logger.exception("drawing a face in image %s", pk)
        messages.error(request, gettext("The photo could not be read. Try again in a moment."))
    else:
        undo_toast(request, _said(drawn), by=user)
    return redirect_back(request, otherwise=reverse("albums:photo", args=[pk]))


def _said(drawn: DrawnFace) -> str:
    """What became of the box, in words."""
    person = drawn.face.person
    if person is not None and person.name:
        return gettext("Face added: %(name)s") % {"name": person.name}
    if drawn.found:
        return gettext("Face added. Select it to name the person.")
    return gettext("Face added as you drew it. No face was detected there.")
