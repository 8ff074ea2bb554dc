"""What people type and send, checked before a service sees it."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from albums.models import Album
from albums.services.arranging.smart_albums import filled_by_hand
from albums.services.core.row_ids import row_id
from albums.validators import validate_plain_text


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes many files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """A list of files, at least one. An empty file passes: the upload service refuses it with a reason."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """The files that were sent."""
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not files:
            raise forms.ValidationError(_("Select at least one photo."), code="required")
        return [super(ManyFilesField, self).clean(one, initial) for one in files]


class UploadForm(forms.Form):
    """Photos, and the album they go to."""

    photos = ManyFilesField(label=gettext_lazy("Photos"), allow_empty_file=True, max_length=None)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["album"] = forms.ModelChoiceField(
            filled_by_hand(Album.objects.editable_by(user)),
            required=False,
            error_messages={"invalid_choice": gettext_lazy("This album no longer exists.")},
        )


class BeginUploadForm(forms.Form):
    """A file that is announced: what it is called, how long it is, and the digest of its bytes."""

    name = forms.CharField(max_length=4096, strip=False)
    size = forms.IntegerField(min_value=0, max_value=2**53)
    sha256 = forms.RegexField(r"^[0-9a-f]{64}$")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["album"] = forms.ModelChoiceField(
            filled_by_hand(Album.objects.editable_by(user)),
            required=False,
            error_messages={"invalid_choice": gettext_lazy("This album no longer exists.")},
        )


class AlbumNameForm(forms.Form):
    """The name of an album, which the owner has only once."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        validators=[validate_plain_text],
        widget=forms.TextInput(
            attrs={
                "class": "input",
                "placeholder": gettext_lazy("New album name"),
                "autocomplete": "off",
            }
        ),
        error_messages={"required": gettext_lazy("Enter a name for the album.")},
    )

    def __init__(self, *args: Any, user: User, album: Album | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.album = user, album

    def clean_name(self) -> str:
        """No other album of this person is called so."""
        name: str = self.cleaned_data["name"]
        namesakes = Album.objects.owned_by(self.user).filter(name=name)
        if self.album is not None:
            namesakes = namesakes.exclude(pk=self.album.pk)
        if namesakes.exists():
            raise forms.ValidationError("You have an album of this name already.", code="taken")
        return name


class IdsField(forms.TypedMultipleChoiceField):
    """Ids of ticked rows, each by itself or many in one field with commas between them.

    Which of them the person may touch is for the query that reads them.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, **kwargs)

    def to_python(self, value: Any) -> list[str]:
        """One text an id."""
        fields = value if isinstance(value, (list, tuple)) else [value] if value else []
        return [part for one in fields for part in str(one).split(",") if part]

    def valid_value(self, value: Any) -> bool:
        """Return True for any id that a row can have."""
        return row_id(str(value)) is not None


class AlbumChoiceForm(forms.Form):
    """The album that photos go to: one that is there, or a new one by name; none that fills itself."""

    new_album = forms.CharField(max_length=200, required=False, validators=[validate_plain_text])

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["album"] = forms.ModelChoiceField(
            filled_by_hand(Album.objects.editable_by(user)),
            required=False,
            error_messages={"invalid_choice": gettext_lazy("This album no longer exists.")},
        )

    def clean_new_album(self) -> str:
        """The new name is not that of an album that takes no photos by hand."""
        name: str = self.cleaned_data["new_album"].strip()
        namesakes = Album.objects.filter(owner=self.user, name=name)
        if namesakes.exists() and not filled_by_hand(namesakes).exists():
            raise forms.ValidationError(
                _("You have a smart album with this name. Choose another name."), code="fills_itself"
            )
        return name

    def clean(self) -> dict[str, Any]:
        """An album was chosen."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("album") and not cleaned.get("new_album"):
            self.add_error("new_album", _("Choose an album or enter a name for a new one."))
        return cleaned


class SelectionForm(AlbumChoiceForm):
    """Ticked photos, and the album they go to."""

    image = IdsField(required=False)

    def clean(self) -> dict[str, Any]:
        """A photo and an album were chosen."""
        if not self.cleaned_data.get("image") and "image" not in self.errors:
            self.add_error("image", _("Select at least one photo first."))
        return super().clean()


class DescriptionForm(forms.Form):
    """What the owner says of a photo: some lines of text, or none."""

    description = forms.CharField(max_length=5000, required=False)
