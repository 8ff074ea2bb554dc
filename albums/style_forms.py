"""Forms of painter styles: the photo, the style, and the options."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from albums.error_messages import link_message
from albums.exceptions import PictureLinkError
from albums.models import Image
from albums.services.core.limits import studio_limits
from albums.services.fetching.links import link_parse
from albums.services.fetching.pictures import links_allowed
from albums.services.styling.sources import StyleSource
from albums.services.styling.styles import BUILTIN_STYLES

UPLOAD, LINK, PHOTO_PREFIX = "upload", "link", "photo:"
SLUGS = frozenset(style.slug for style in BUILTIN_STYLES)
SIZES = {"1600": 1600, "2560": 2560, "full": None}
"""Long sides of the painting by the value of the choice; None: as large as the photo."""


class StyleSourceForm(forms.Form):
    """The photo, and its style: a built-in one, an uploaded picture, another photo, or a link.

    style: a slug, "upload", "link", or "photo:" with the id of a photo.
    """

    builtin_allowed = True

    style = forms.CharField(max_length=40, error_messages={"required": gettext_lazy("Choose a style.")})
    style_file = forms.FileField(
        label=gettext_lazy("Image whose style is used"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*,.heic,.heif,.avif"}),
        error_messages={"empty": gettext_lazy("This file is empty.")},
    )
    style_link = forms.CharField(
        label=gettext_lazy("Link to an image"),
        required=False,
        max_length=2000,
        widget=forms.URLInput(attrs={"class": "input", "placeholder": "https://", "inputmode": "url"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        photos = Image.objects.visible_to(user).ready()
        self._photos = photos
        self.style_image: Image | None = None
        self.fields["image"] = forms.ModelChoiceField(
            photos,
            widget=forms.HiddenInput,
            error_messages={
                "required": gettext_lazy("Choose a photo."),
                "invalid_choice": gettext_lazy("This photo no longer exists."),
            },
        )
        if not links_allowed():
            del self.fields["style_link"]

    @property
    def links_allowed(self) -> bool:
        """Return True if a link may be given."""
        return "style_link" in self.fields

    def clean_style_file(self) -> "UploadedFile[Any] | None":
        """Refuse a file that is too large."""
        file: UploadedFile[Any] | None = self.cleaned_data["style_file"]
        if file and (file.size or 0) > studio_limits().max_bytes:
            raise forms.ValidationError(_("This file is too large."), code="too_large")
        return file

    def clean_style_link(self) -> str:
        """Refuse what has not the form of a link that may be fetched."""
        link: str = self.cleaned_data["style_link"].strip()
        try:
            if link:
                link_parse(link)
        except PictureLinkError as error:
            raise forms.ValidationError(link_message(error.code, error.values), code=error.code) from error
        return link

    def clean(self) -> dict[str, Any]:
        """Require what the selected source needs."""
        cleaned = super().clean() or self.cleaned_data
        style = cleaned.get("style", "")
        if style == UPLOAD:
            if not cleaned.get("style_file") and "style_file" not in self.errors:
                self.add_error("style_file", _("Choose an image first."))
        elif style == LINK and self.links_allowed:
            if not cleaned.get("style_link") and "style_link" not in self.errors:
                self.add_error("style_link", _("Enter a link first."))
        elif style.startswith(PHOTO_PREFIX):
            self._clean_style_photo(style.removeprefix(PHOTO_PREFIX))
        elif "style" in cleaned and not (self.builtin_allowed and style in SLUGS):
            self.add_error("style", _("There is no such style. Choose one from the list."))
        return cleaned

    def _clean_style_photo(self, key: str) -> None:
        number = int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else 0
        self.style_image = self._photos.filter(pk=number).first()
        if self.style_image is None:
            self.add_error("style", _("This photo no longer exists."))

    def inputs(self) -> dict[str, Any]:
        """Return the inputs of the job (`albums.services.styling.sources`) of a valid form."""
        image, style = self.cleaned_data["image"].pk, self.cleaned_data["style"]
        match style:
            case "upload":
                return {"image": image, "source": StyleSource.UPLOAD}
            case "link":
                link = self.cleaned_data["style_link"]
                return {"image": image, "source": StyleSource.LINK, "style_link": link}
            case _ if style.startswith(PHOTO_PREFIX):
                key = int(style.removeprefix(PHOTO_PREFIX))
                return {"image": image, "source": StyleSource.PHOTO, "style_image": key}
        return {"image": image, "source": StyleSource.BUILTIN, "style": style}


class StyleForm(StyleSourceForm):
    """The photo, its style, and the options of the fast engine."""

    strength = forms.IntegerField(
        label=gettext_lazy("Strength"),
        min_value=0,
        max_value=100,
        initial=100,
        widget=forms.NumberInput(attrs={"type": "range", "step": 5}),
    )
    brush = forms.IntegerField(
        label=gettext_lazy("Brush size"),
        min_value=1,
        max_value=5,
        initial=3,
        widget=forms.NumberInput(attrs={"type": "range", "step": 1}),
    )
    keep_colours = forms.BooleanField(label=gettext_lazy("Keep the colours of the photo"), required=False)
    size = forms.ChoiceField(
        label=gettext_lazy("Size"),
        choices=[
            ("1600", gettext_lazy("Small (1,600 pixels)")),
            ("2560", gettext_lazy("Medium (2,560 pixels)")),
            ("full", gettext_lazy("As large as the photo")),
        ],
        initial="2560",
        widget=forms.Select(attrs={"class": "input"}),
    )

    def options(self) -> dict[str, Any]:
        """Return the options of the job of a valid form."""
        return {
            "strength": self.cleaned_data["strength"] / 100,
            "brush": self.cleaned_data["brush"],
            "keep_colours": self.cleaned_data["keep_colours"],
            "long_side": SIZES[self.cleaned_data["size"]],
        }
