"""What people type and send about faces, checked before a service sees it."""

import base64
import binascii
from typing import Any

from django import forms
from django.contrib.auth.models import User

from albums.validators import validate_plain_text
from faces.models import Person

# A picture to search with: large enough for any camera, small enough to be read within a request.
MAX_PICTURE_BYTES = 60 * 1024 * 1024
# The small copy that goes to the browser and back; base64 makes it a third longer.
MAX_KEPT_CHARACTERS = 2_000_000


class PersonNameForm(forms.Form):
    """A name for a person. `namesake` is set when another person of the same owner has it already."""

    name = forms.CharField(
        label="Name",
        max_length=200,
        validators=[validate_plain_text],
        widget=forms.TextInput(attrs={"class": "input", "placeholder": "Name", "autocomplete": "off"}),
        error_messages={"required": "Give this person a name."},
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
                "A person with this name is there already. If this is somebody else, "
                "add something that tells them apart.",
                code="taken",
            )
        return name


class LookalikeForm(forms.Form):
    """A picture to search with: a file, or the small copy of the one that was searched with before."""

    picture = forms.FileField(
        label="Picture",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*,.heic,.heif,.avif"}),
        error_messages={"empty": "This file is empty."},
    )
    kept_picture = forms.CharField(required=False, max_length=MAX_KEPT_CHARACTERS, widget=forms.HiddenInput)
    face_index = forms.IntegerField(required=False, min_value=0, max_value=9_999, widget=forms.HiddenInput)

    def clean_picture(self) -> Any:
        """The file is not larger than a picture is."""
        picture = self.cleaned_data["picture"]
        if picture is not None and picture.size > MAX_PICTURE_BYTES:
            raise forms.ValidationError("This file is larger than 60 MB.", code="too_large")
        return picture

    def clean_kept_picture(self) -> bytes:
        """The small copy as bytes; empty when there is none."""
        try:
            return base64.b64decode(self.cleaned_data["kept_picture"], validate=True)
        except binascii.Error as error:
            raise forms.ValidationError("Choose the picture again.", code="damaged") from error

    def clean(self) -> dict[str, Any]:
        """There is a picture of one kind or the other."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["picture"] and not cleaned["kept_picture"]:
            self.add_error("picture", "Choose a picture first.")
        return cleaned
