"""What people type and send about faces, checked before a service sees it."""

import base64
import binascii
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from albums.models import Album
from albums.validators import validate_plain_text
from faces.models import Person, PersonAlbum
from faces.vision.types import Box

# A picture to search with: large enough for any camera, small enough to be read within a request.
MAX_PICTURE_BYTES = 60 * 1024 * 1024
# The small copy that goes to the browser and back; base64 makes it a third longer.
MAX_KEPT_CHARACTERS = 2_000_000


class PersonNameForm(forms.Form):
    """A name for a person. `namesake` is set when another person of the same owner has it already."""

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
        """Nobody else is called so; capitals make no difference."""
        name = " ".join(self.cleaned_data["name"].split())
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


def picture_field(label: str | StrPromise) -> forms.FileField:
    """A file to look at, which need not be given where a copy of it is."""
    return forms.FileField(
        label=label,
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*,.heic,.heif,.avif"}),
        error_messages={"empty": _("This file is empty.")},
    )


def kept_field() -> forms.CharField:
    """The small copy of a picture that was looked at before, in base64."""
    return forms.CharField(required=False, max_length=MAX_KEPT_CHARACTERS, widget=forms.HiddenInput)


def index_field() -> forms.IntegerField:
    """Which of several faces is meant."""
    return forms.IntegerField(required=False, min_value=0, max_value=9_999, widget=forms.HiddenInput)


def face_field() -> forms.IntegerField:
    """The id of a stored face."""
    return forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)


def small_enough(picture: Any) -> Any:
    """The file, which is not larger than a picture is."""
    if picture is not None and picture.size > MAX_PICTURE_BYTES:
        raise forms.ValidationError(_("This file is larger than 60 MB."), code="too_large")
    return picture


def kept_bytes(encoded: str) -> bytes:
    """The small copy as bytes; empty when there is none."""
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise forms.ValidationError(_("Choose the image again."), code="damaged") from error


class LookalikeForm(forms.Form):
    """A picture to search with: a file, or the small copy of the one that was searched with before."""

    picture = picture_field(_("Image"))
    kept_picture = kept_field()
    face_index = index_field()

    def clean_picture(self) -> Any:
        """The file is not larger than a picture is."""
        return small_enough(self.cleaned_data["picture"])

    def clean_kept_picture(self) -> bytes:
        """The small copy as bytes; empty when there is none."""
        return kept_bytes(self.cleaned_data["kept_picture"])

    def clean(self) -> dict[str, Any]:
        """There is a picture of one kind or the other."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["picture"] and not cleaned["kept_picture"]:
            self.add_error("picture", _("Choose an image first."))
        return cleaned


SIDES = ("first", "second")
"""The two pictures of a comparison, as fields and addresses call them."""


class VerifyForm(forms.Form):
    """Two faces to compare: each a file, the small copy of one that was given before, or a stored face.

    Of these a file counts most, and then a stored face. With `partly` a side may have none of them yet.
    """

    first = picture_field(_("First image"))
    kept_first = kept_field()
    first_index = index_field()
    first_face = face_field()
    second = picture_field(_("Second image"))
    kept_second = kept_field()
    second_index = index_field()
    second_face = face_field()

    def __init__(self, *args: Any, partly: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partly = partly

    def index_of(self, side: str) -> int | None:
        """The face that was chosen; none for a new file, since it belongs to the copy looked at before."""
        if not self.is_bound or self.cleaned_data[side]:
            return None
        index: int | None = self.cleaned_data[f"{side}_index"]
        return index

    def clean(self) -> dict[str, Any]:
        """There are two, each of one kind or another."""
        cleaned = super().clean() or self.cleaned_data
        for side in SIDES:
            if side in self.errors or f"kept_{side}" in self.errors:
                continue
            try:
                cleaned[side] = small_enough(cleaned[side])
                cleaned[f"kept_{side}"] = kept_bytes(cleaned[f"kept_{side}"])
            except forms.ValidationError as error:
                self.add_error(side, error)
            else:
                given = cleaned[side] or cleaned[f"kept_{side}"] or cleaned.get(f"{side}_face")
                if not given and not self.partly:
                    self.add_error(side, _("Choose an image first."))
        return cleaned


class PersonAlbumForm(forms.Form):
    """Whose photos an album fills itself with; a new one has a name, too."""

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
        # Those chosen before may have lost their name since; a new one must have one.
        mine = Person.objects.visible_to(user)
        offered = (
            mine.named() if kind is None else mine.filter(~Q(name="") | Q(person_albums=kind)).distinct()
        )
        cast("Any", self.fields["people"]).queryset = offered
        if kind is not None:
            del self.fields["name"]

    def clean_name(self) -> str:
        """No other album of this person is called so."""
        name: str = self.cleaned_data["name"]
        if Album.objects.owned_by(self.user).filter(name=name).exists():
            raise forms.ValidationError(_("You already have an album with this name."), code="taken")
        return name

    def values(self) -> dict[str, Any]:
        """What was chosen, as the service takes it."""
        return {**self.cleaned_data, "people": list(self.cleaned_data["people"])}


class DrawnFaceForm(forms.Form):
    """A box that was drawn on a photo, relative (0..1) to it, and who it is, if that was said."""

    x = forms.FloatField(min_value=0, max_value=1)
    y = forms.FloatField(min_value=0, max_value=1)
    w = forms.FloatField(min_value=0, max_value=1)
    h = forms.FloatField(min_value=0, max_value=1)
    who = forms.CharField(max_length=200, required=False, validators=[validate_plain_text])

    def box(self) -> Box:
        """The box of a valid form."""
        return Box(*(self.cleaned_data[name] for name in ("x", "y", "w", "h")))
