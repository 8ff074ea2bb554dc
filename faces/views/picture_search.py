"""A search with an uploaded picture, which is not stored: the form, its errors and the result."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from albums.exceptions import ImageRefused
from faces.error_messages import model_error_message, picture_error_message
from faces.exceptions import ComparisonError, NoFaceFound
from faces.forms import LookalikeForm
from faces.services.searching.lookalike import LookalikeResult
from faces.views.temporary_pictures import TemporaryPicture, temporary_picture
from faces.vision.errors import VisionError

logger = logging.getLogger(__name__)

Search = Callable[[BinaryIO, int | None], LookalikeResult]
"""Takes a picture and the index of a face in it."""


@dataclass(frozen=True, slots=True)
class PictureSearch:
    """A search: the copy of the picture for the page, the result if there is one, and the HTTP status."""

    copy: TemporaryPicture | None = None
    result: LookalikeResult | None = None
    status: int = 200


def picture_search(form: LookalikeForm, search: Search) -> PictureSearch:
    """Search with the picture of a bound form. Errors are added to the form.

    A picture without a face is no error: there is a copy of it, but no result.
    """
    if not form.is_valid():
        return PictureSearch(status=400)
    file = form.cleaned_data["picture"]
    copy: TemporaryPicture | None = None
    try:
        copy = temporary_picture(file, form.cleaned_data["picture_copy"])
        # Always the copy, so that the indexes of its faces stay valid: not of a new file, but of the previous
        # copy.
        result = search(BytesIO(copy.content), None if file else form.cleaned_data["face_index"])
    except NoFaceFound:
        return PictureSearch(copy)
    except (ImageRefused, ComparisonError) as refusal:
        form.add_error("picture", picture_error_message(refusal))
        return PictureSearch(copy, status=400)
    except VisionError as error:
        logger.warning("look-alike search: %s", error)
        form.add_error(None, model_error_message(error))
        return PictureSearch(copy, status=503)
    return PictureSearch(copy, result)
