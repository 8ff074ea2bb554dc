"""Forms of the pages that show how recognition works."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from albums.models import Image
from albums.querysets import ImageQuerySet
from faces.forms import PictureField, face_id_field

# Of the signed vector of a face.
MAX_BASE_CHARACTERS = 8_000


class DetectorsForm(forms.Form):
    """A picture for all detectors: a file, or a photo among `photos`."""

    picture = PictureField(_("Image"))
    photo = forms.ModelChoiceField(
        Image.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("This photo no longer exists. Choose another one.")},
    )

    def __init__(self, *args: Any, photos: ImageQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("Any", self.fields["photo"]).queryset = photos

    def clean(self) -> dict[str, Any]:
        """Require a file or a photo."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["picture"] and not cleaned["photo"]:
            self.add_error("picture", _("Choose an image first."))
        return cleaned


class FrameForm(forms.Form):
    """A frame of a camera, and what it is compared with: the token of a picture, or a person."""

    frame = PictureField(_("Image"))
    base = forms.CharField(required=False, max_length=MAX_BASE_CHARACTERS)
    person = face_id_field()

    def clean(self) -> dict[str, Any]:
        """Require a frame and one of the two."""
        cleaned = super().clean() or self.cleaned_data
        has_one = bool(cleaned.get("base")) != bool(cleaned.get("person"))
        if not self.errors and not (cleaned["frame"] and has_one):
            self.add_error(None, _("Choose an image first."))
        return cleaned
