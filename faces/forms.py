"""Forms about faces and people."""

import base64
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from albums.models import Album
from albums.validators import plain_name, validate_plain_text
from faces.models import Person, PersonAlbum
from faces.vision.effects.morph import (
    FEWEST_FRAMES,
    LARGEST_SIDE,
    MOST_FRAMES,
    SMALLEST_SIDE,
)
from faces.vision.types import Box

# Large enough for any camera, small enough to read within a request.
MAX_PICTURE_BYTES = 60 * 1024 * 1024
# Of the page's small copy in base64.
MAX_COPY_CHARACTERS = 2_000_000


class PersonNameForm(forms.Form):
    """A person's name. `namesake` is set if another person of the same owner has it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        validators=[validate_plain_text],
        error_messages={"required": _("Enter a name for this person.")},
    )
    namesake: Person | None = None

    def __init__(self, *args: Any, user: User, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.person = user, person

    def clean_name(self) -> str:
        """Refuse the name of another person, regardless of case."""
        name = plain_name(self.cleaned_data["name"])
        others = Person.objects.visible_to(self.user).exclude(pk=self.person.pk)
        self.namesake = others.filter(name__iexact=name).order_by("pk").first()
        if self.namesake is not None:
            raise forms.ValidationError(
                _(
                    "There is already a person with this name. If this is someone else, add something to "
                    "tell them apart."
                ),
                code="taken",
            )
        return name


def validate_picture_size(picture: UploadedFile[Any]) -> None:
    """Refuse files larger than any camera's picture."""
    if (picture.size or 0) > MAX_PICTURE_BYTES:
        raise forms.ValidationError(_("This file is larger than 60 MB."), code="too_large")


class PictureField(forms.FileField):
    """An optional picture file of limited size."""

    def __init__(self, label: str | StrPromise) -> None:
        super().__init__(
            label=label,
            required=False,
            widget=forms.FileInput(attrs={"accept": "image/*,.heic,.heif,.avif"}),
            error_messages={"empty": _("This file is empty.")},
            validators=[validate_picture_size],
        )


class PictureCopyField(forms.CharField):
    """The page's small copy of an earlier picture: base64 in a hidden field, cleaned to bytes."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=MAX_COPY_CHARACTERS, widget=forms.HiddenInput)

    def clean(self, value: Any) -> bytes:
        """Return the decoded copy, empty if there is none."""
        try:
            return base64.b64decode(super().clean(value), validate=True)
        except ValueError as error:
            raise forms.ValidationError(_("Choose the image again."), code="damaged") from error


def face_index_field() -> forms.IntegerField:
    """Return a hidden field for the index of a face in a picture."""
    return forms.IntegerField(required=False, min_value=0, max_value=9_999, widget=forms.HiddenInput)


def face_id_field() -> forms.IntegerField:
    """Return a hidden field for the id of a stored face."""
    return forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)


class LookalikeForm(forms.Form):
    """A picture to search with: a file, or the page's copy of the previous one."""

    picture = PictureField(_("Image"))
    picture_copy = PictureCopyField()
    face_index = face_index_field()

    def clean(self) -> dict[str, Any]:
        """Require a file or a copy."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["picture"] and not cleaned["picture_copy"]:
            self.add_error("picture", _("Choose an image first."))
        return cleaned


class GalleryLookalikeForm(LookalikeForm):
    """The same in a gallery, or a stored face of the user in place of the picture."""

    face = face_id_field()

    def clean(self) -> dict[str, Any]:
        """Require a file, a copy or a stored face."""
        if self.cleaned_data.get("face"):
            return forms.Form.clean(self) or self.cleaned_data
        return super().clean()


SIDES = ("first", "second")
"""Prefixes of the fields for the two pictures of a comparison."""


class VerifyForm(forms.Form):
    """Two faces to compare. Each is a file, else a stored face, else the page's copy of an earlier picture.

    partly: sides may be empty, because the user has not selected both faces yet.
    verifiers: names of the trained models to choose from, with labels; without any there is no choice.
    """

    first = PictureField(_("First image"))
    first_copy = PictureCopyField()
    first_index = face_index_field()
    first_face = face_id_field()
    second = PictureField(_("Second image"))
    second_copy = PictureCopyField()
    second_index = face_index_field()
    second_face = face_id_field()

    verifier = forms.ChoiceField(
        label=_("Model"),
        required=False,
        error_messages={"invalid_choice": _("This model isn't available any more. Choose another one.")},
    )

    def __init__(
        self, *args: Any, partly: bool = False, verifiers: Sequence[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.partly = partly
        if verifiers:
            cast("Any", self.fields["verifier"]).choices = [("", _("Distance of the faces")), *verifiers]
        else:
            del self.fields["verifier"]

    def index_of(self, side: str) -> int | None:
        """Return the index of the selected face; None for a new file, since indexes refer to the copy."""
        if not self.is_bound or self.cleaned_data[side]:
            return None
        index: int | None = self.cleaned_data[f"{side}_index"]
        return index

    def verifier_name(self) -> str:
        """Return the name of the selected model; empty for the distance."""
        return str(self.cleaned_data.get("verifier", "")) if self.is_bound else ""

    def clean(self) -> dict[str, Any]:
        """Require both sides, unless `partly`."""
        cleaned = super().clean() or self.cleaned_data
        for side in SIDES:
            given = any(cleaned.get(name) for name in (side, f"{side}_copy", f"{side}_face"))
            invalid = side in self.errors or f"{side}_copy" in self.errors
            if not (given or invalid or self.partly):
                self.add_error(side, _("Choose an image first."))
        return cleaned


def number_field(label: str | StrPromise, least: int, most: int, initial: int) -> forms.IntegerField:
    """Return a number between two limits, which the page shows as its help text."""
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        initial=initial,
        help_text=format_lazy(_("{least} to {most}"), least=least, most=most),
    )


class MorphForm(VerifyForm):
    """Two faces, and the options of a morph. The shares are percentages."""

    frames = number_field(_("Frames"), FEWEST_FRAMES, MOST_FRAMES, 25)
    side = number_field(_("Size in pixels"), SMALLEST_SIDE, LARGEST_SIDE, 640)
    shape = number_field(_("Shape, %"), 0, 100, 100)
    colour = number_field(_("Colour, %"), 0, 100, 100)

    OPTIONS = ("frames", "side", "shape", "colour")

    def __init__(self, *args: Any, partly: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, partly=partly, **kwargs)
        for name in self.OPTIONS:
            # While a face is picked, the options wait in hidden fields and may be missing.
            self.fields[name].required = not partly

    def options(self) -> dict[str, int | float]:
        """Return the options of the job."""
        values = self.cleaned_data
        shares = {name: values[name] / 100 for name in ("shape", "colour")}
        return {"frames": values["frames"], "side": values["side"], **shares}


class GrowingUpForm(forms.Form):
    """The options of an animation of a person over the years."""

    portraits = number_field(_("Portraits"), 2, 24, 12)
    side = number_field(_("Size in pixels"), SMALLEST_SIDE, LARGEST_SIDE, 512)
    captions = forms.BooleanField(label=_("Show the month and the age"), initial=True, required=False)


class PersonAlbumForm(forms.Form):
    """A smart album of people; `kind` is the existing one, without a field for the name."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        validators=[validate_plain_text],
        error_messages={"required": _("Enter a name for the album.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    people = forms.ModelMultipleChoiceField(
        Person.objects.none(),
        label=_("People"),
        error_messages={
            "required": _("Select at least one person."),
            "invalid_choice": _("A selected person no longer exists. Choose again."),
        },
    )
    rule = forms.ChoiceField(
        label=_("Which photos"), choices=PersonAlbum.Rule.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, user: User, kind: PersonAlbum | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        # People of the album may have lost their name since; only named people can be added.
        mine = Person.objects.visible_to(user)
        offered = (
            mine.named() if kind is None else mine.filter(~Q(name="") | Q(person_albums=kind)).distinct()
        )
        cast("Any", self.fields["people"]).queryset = offered
        if kind is not None:
            del self.fields["name"]

    def clean_name(self) -> str:
        """Refuse the name of another album."""
        name: str = self.cleaned_data["name"]
        if Album.objects.owned_by(self.user).filter(name=name).exists():
            raise forms.ValidationError(_("You already have an album with this name."), code="taken")
        return name

    def values(self) -> dict[str, Any]:
        """Return the arguments of `person_album_create`."""
        return {**self.cleaned_data, "people": list(self.cleaned_data["people"])}


class DrawnFaceForm(forms.Form):
    """A box drawn on a photo, relative (0..1) to it, and optionally the name of the person."""

    x = forms.FloatField(min_value=0, max_value=1)
    y = forms.FloatField(min_value=0, max_value=1)
    w = forms.FloatField(min_value=0, max_value=1)
    h = forms.FloatField(min_value=0, max_value=1)
    who = forms.CharField(max_length=200, required=False, validators=[validate_plain_text])

    def box(self) -> Box:
        """Return the box of a valid form."""
        return Box(*(self.cleaned_data[name] for name in ("x", "y", "w", "h")))
