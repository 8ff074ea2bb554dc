"""Messages of failed scans and comparisons, from their codes, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from albums.error_messages import refusal_message
from albums.exceptions import ImageRefused, RefusalCode
from faces.exceptions import (
    BaseExpired,
    ComparisonError,
    EffectCode,
    FaceNotReadYet,
    NoFaceFound,
    NoSuchFaceIndex,
    NoSuchVerifier,
    PersonNotReadYet,
)
from faces.vision.errors import (
    ModelDamaged,
    ModelFailed,
    ModelMissing,
    ModelUnreachable,
    UnknownModel,
    VisionError,
)

CRASHED = "crashed"
TOOK_TOO_LONG = "took_too_long"

_NOT_INSTALLED = _(
    "A model is not installed on this server. The administrator can install it: bin/manage fetch_models"
)
_SENTENCES: dict[str, str | Promise] = {
    CRASHED: _("The scan failed several times."),
    TOOK_TOO_LONG: _("The scan took too long."),
    ModelMissing.code: _NOT_INSTALLED,
    ModelUnreachable.code: _NOT_INSTALLED,
    ModelDamaged.code: _(
        "A model on this server is damaged. The administrator can reinstall it: bin/manage fetch_models"
    ),
    ModelFailed.code: _("The model failed: the server may be short of memory."),
    UnknownModel.code: _("The server is configured with an unknown model."),
}

CODES = tuple(_SENTENCES)
"""All codes of failures; a photo that cannot be read has a code of `RefusalCode`."""

_TOO_LARGE = _("This image is too large. Choose a smaller one.")
_DAMAGED = _("This image is damaged. Choose another file.")
_UNREADABLE = _("This file isn't a readable image. Use JPEG, PNG, WebP, HEIC or AVIF.")
_OF_PICTURES = {
    NoFaceFound.code: _("No face found in this image. Try a larger or clearer one."),
    NoSuchFaceIndex.code: _("This face isn't in the image. Choose another one."),
    FaceNotReadYet.code: _(
        "This face has not been scanned with the current model yet. Try again when all photos have been "
        "scanned."
    ),
    PersonNotReadYet.code: _(
        "No face of this person has been scanned with the current model yet. Try again when all photos have "
        "been scanned."
    ),
    BaseExpired.code: _("The picture to compare with is no longer valid. Choose it again."),
    NoSuchVerifier.code: _("This model isn't available any more. Choose another one."),
    RefusalCode.EMPTY: _("This file is empty."),
    RefusalCode.TOO_LARGE: _TOO_LARGE,
    RefusalCode.TOO_MANY_PIXELS: _TOO_LARGE,
    RefusalCode.TOOK_TOO_LONG: _("This image can't be processed. Choose another file."),
    RefusalCode.CRASHED: _("This image can't be processed. Choose another file."),
    RefusalCode.TRUNCATED: _DAMAGED,
    RefusalCode.BROKEN: _DAMAGED,
}


def failure_message(code: str, *, otherwise: str = "") -> str:
    """The sentence for a code, also for that of an unreadable photo; `otherwise` for an unknown one."""
    return str(_SENTENCES.get(code) or refusal_message(code, {}, otherwise=otherwise))


def picture_error_message(error: ImageRefused | ComparisonError) -> str:
    """Return why a picture or a face cannot be compared."""
    return str(_OF_PICTURES.get(str(error.code), _UNREADABLE))


def model_error_message(error: VisionError) -> str:
    """Return why models cannot be used on this server, with the command that fixes it."""
    if isinstance(error, ModelMissing):
        return gettext(
            "The model %(name)s is not installed on this server. The administrator can install it: "
            "bin/manage fetch_models %(name)s"
        ) % {"name": error.name}
    return failure_message(error.code, otherwise=str(error))


EFFECT_ERRORS: dict[str, StrOrPromise] = {
    EffectCode.NO_FACE: _("No face found in image %(which)s. Try a larger or clearer one."),
    EffectCode.TURNED_AWAY: _(
        "The face in image %(which)s looks too far to the side. Choose one that looks towards the camera."
    ),
    EffectCode.TURNED_APART: _(
        "The two faces look in opposite directions. Choose two that look the same way, or towards the camera."
    ),
    EffectCode.UNREADABLE: _("Image %(which)s can't be read."),
    EffectCode.FACE_GONE: _("One of the faces no longer exists. Choose another one."),
    EffectCode.PERSON_GONE: _("This person no longer exists."),
    EffectCode.FEW_PORTRAITS: _(
        "There are too few suitable photos of this person: at least two with a date are needed, sharp, well "
        "lit, and with the face towards the camera."
    ),
    EffectCode.NO_MODEL: _(
        "The model of landmarks is not installed on this server. The administrator can install it: "
        "bin/manage fetch_models"
    ),
    EffectCode.OPTIONS: _("One of the options is out of its range."),
}
"""Texts of the codes of effects; `which` is the number of the image."""
