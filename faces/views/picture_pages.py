"""What the pages share that look at a picture: the camera, and what can be wrong, with what to do."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from albums.exceptions import ImageRefused, RefusalCode
from faces.exceptions import ComparisonError, FaceNotReadYet, NoFaceFound, NoSuchFaceIndex
from faces.failures import failure_words
from faces.vision.errors import ModelMissing, VisionError

CAMERA_POLICY = "camera=(self), microphone=(), geolocation=()"
"""The Permissions-Policy of a page that may take a picture."""


_TOO_LARGE = _("This picture is too large. Choose a smaller one.")
_DAMAGED = _("This picture is damaged and cannot be read. Choose another file of it.")
_UNREADABLE = _("This file is not a picture that can be read: give a JPEG, PNG, WebP, HEIC or AVIF.")
_PROBLEMS = {
    NoFaceFound.code: _("No face was found in this picture. A bigger or clearer one may help."),
    NoSuchFaceIndex.code: _("This picture has no such face. Choose another one."),
    FaceNotReadYet.code: _(
        "This face was not looked at with the model in use yet. Try again when all photos were."
    ),
    RefusalCode.EMPTY: _("This file is empty."),
    RefusalCode.TOO_LARGE: _TOO_LARGE,
    RefusalCode.TOO_MANY_PIXELS: _TOO_LARGE,
    RefusalCode.TRUNCATED: _DAMAGED,
    RefusalCode.BROKEN: _DAMAGED,
}


def picture_problem(error: ImageRefused | ComparisonError) -> str:
    """What is wrong with a picture or a face, in the language of the page."""
    return str(_PROBLEMS.get(str(error.code), _UNREADABLE))


def model_problem(error: VisionError) -> str:
    """Why no face can be looked at on this server, with the command that mends it."""
    if isinstance(error, ModelMissing):
        return gettext(
            "The model %(name)s is not installed on this server. "
            "Whoever looks after it can install it: bin/manage fetch_models %(name)s"
        ) % {"name": error.name}
    return failure_words(error.code, otherwise=str(error))
