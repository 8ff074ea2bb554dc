"""Forms of photos and of uploads."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from albums.models import Album
from albums.services.arranging.smart_albums import filled_by_hand
from albums.validators import validate_plain_text


class ManyFilesInput(forms.ClearableFileInput):
    """An input for several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """A list of files, at least one. An empty file is valid: the upload service refuses it with a reason."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Return the files."""
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not files:
            raise forms.ValidationError(_("Select at least one photo."), code="required")
        return [super(ManyFilesField, self).clean(one, initial) for one in files]


class AlbumTargetForm(forms.Form):
    """A form with an optional album that the user may add photos to."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["album"] = forms.ModelChoiceField(
            filled_by_hand(Album.objects.editable_by(user)),
            required=False,
            error_messages={"invalid_choice": gettext_lazy("This album no longer exists.")},
        )


class UploadForm(AlbumTargetForm):
    """Photos, and the album they are added to."""

    photos = ManyFilesField(label=gettext_lazy("Photos"), allow_empty_file=True, max_length=None)


class SelectedFileForm(forms.Form):
    """A file by its name and size."""

    name = forms.CharField(max_length=4096, strip=False)
    size = forms.IntegerField(min_value=0, max_value=2**53)


class BeginUploadForm(SelectedFileForm, AlbumTargetForm):
    """The announcement of a file: its name, size and digest."""

    sha256 = forms.RegexField(r"^[0-9a-f]{64}$")


class AlbumChoiceForm(AlbumTargetForm):
    """An existing album, or the name of a new one, for photos; no smart album."""

    new_album = forms.CharField(max_length=200, required=False, validators=[validate_plain_text])

    def clean_new_album(self) -> str:
        """Refuse the name of a smart album."""
        name: str = self.cleaned_data["new_album"].strip()
        namesakes = Album.objects.filter(owner=self.user, name=name)
        if namesakes.exists() and not filled_by_hand(namesakes).exists():
            raise forms.ValidationError(
                _("You have a smart album with this name. Choose another name."), code="fills_itself"
            )
        return name

    def clean(self) -> dict[str, Any]:
        """Require an album or a name."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("album") and not cleaned.get("new_album"):
            self.add_error("new_album", _("Choose an album or enter a name for a new one."))
        return cleaned

    @property
    def problems(self) -> str:
        """The errors in one line."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)
