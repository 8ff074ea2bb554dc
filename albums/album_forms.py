"""Forms of albums and of sharing them."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from albums.account_forms import password_field
from albums.models import Album, AlbumMember, ShareLink
from albums.validators import validate_plain_lines, validate_plain_text

MAX_PASSWORD_LENGTH = 200


class AlbumNameForm(forms.Form):
    """The name of an album, unique among the owner's albums."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        validators=[validate_plain_text],
        error_messages={"required": _("Enter a name for the album.")},
        widget=forms.TextInput(
            attrs={"class": "input", "placeholder": _("New album name"), "autocomplete": "off"}
        ),
    )

    def __init__(self, *args: Any, user: User, album: Album | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.album = user, album

    def clean_name(self) -> str:
        """Refuse the name of another album of the owner."""
        name: str = self.cleaned_data["name"]
        others = Album.objects.owned_by(self.user).exclude(pk=self.album.pk if self.album else 0)
        if others.filter(name=name).exists():
            raise name_taken()
        return name


def name_taken() -> forms.ValidationError:
    """Return the error of a name that another album has."""
    return forms.ValidationError(_("You already have an album with this name."), code="taken")


class AlbumForm(AlbumNameForm):
    """Name, description and order of an album."""

    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=4000,
        validators=[validate_plain_lines],
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
    )
    sort = forms.ChoiceField(label=_("Photo order"), choices=Album.Sort.choices)
    gallery = forms.BooleanField(
        label=_("Look-alike gallery"),
        required=False,
        help_text=_(
            "You and the accounts you share the album with can ask “Who do I look like?” among its named "
            "people. They see the names and faces of these people."
        ),
    )

    def __init__(self, *args: Any, user: User, album: Album, **kwargs: Any) -> None:
        initial = {name: getattr(album, name) for name in ("name", "description", "sort", "gallery")}
        super().__init__(*args, user=user, album=album, initial=initial, **kwargs)


class MemberForm(forms.Form):
    """The exact name of an account, and its role. The accounts are not listed."""

    username = forms.CharField(
        label=_("Account name"),
        max_length=150,
        error_messages={"required": _("Enter the name of the account.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    role = forms.ChoiceField(label=_("Permission"), choices=AlbumMember.Role.choices)


class ShareLinkForm(forms.Form):
    """The options of a share link: its expiry date, password and rights."""

    last_day = forms.DateField(
        label=_("Expires on"),
        required=False,
        help_text=_("Leave empty for a link that does not expire."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Enter the date as 2030-12-31.")},
    )
    password = password_field(_("Password"), new=True, required=False, max_length=MAX_PASSWORD_LENGTH)
    no_password = forms.BooleanField(label=_("Remove the password"), required=False)
    downloads = forms.BooleanField(
        label=_("Allow downloads"),
        required=False,
        help_text=_("Visitors can download the originals, without location and serial numbers."),
    )
    keeps_location = forms.BooleanField(
        label=_("Keep location in downloads"),
        required=False,
        help_text=_(
            "Downloads include everything in the files: location, serial numbers of camera and lens, "
            "names and descriptions."
        ),
    )
    shows_names = forms.BooleanField(
        label=_("Show names"),
        required=False,
        help_text=_("Names of people in the photos, and photo descriptions."),
    )

    lookalike = forms.BooleanField(
        label=_("Allow “Who do I look like?”"),
        required=False,
        help_text=_("Visitors can compare a picture with the named people of this gallery."),
    )

    def __init__(
        self, *args: Any, album: Album | None = None, link: ShareLink | None = None, **kwargs: Any
    ) -> None:
        initial: dict[str, Any] = {"downloads": True}
        if link is not None:
            initial = {
                "last_day": link.last_day,
                "downloads": link.downloads,
                "keeps_location": link.keeps_location,
                "shows_names": link.shows_names,
                "lookalike": link.lookalike,
            }
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.link = link
        album = link.album if link is not None else album
        if album is None or not album.gallery:
            del self.fields["lookalike"]
        if link is not None and link.password:
            self.fields["password"].label = _("New password")
            self.fields["password"].help_text = _("Leave empty to keep the current password.")
        else:
            self.fields["password"].help_text = _("Leave empty to let anyone with the link open the album.")
            del self.fields["no_password"]

    def clean_last_day(self) -> datetime | None:
        """Return the end of the day. Refuse a day in the past."""
        day = self.cleaned_data["last_day"]
        if day is None:
            return None
        if day < timezone.localdate():
            raise forms.ValidationError(_("This date is in the past. Choose a later one."), code="past")
        try:
            return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        except OverflowError as error:
            raise forms.ValidationError(_("Choose an earlier date."), code="too_far") from error

    def values(self) -> dict[str, Any]:
        """Return the options as arguments of the service; a password of None stays as it is."""
        given = self.cleaned_data
        password = given["password"] or ("" if given.get("no_password") or self.link is None else None)
        return {
            "password": password,
            "expires_at": given["last_day"],
            "downloads": given["downloads"],
            "keeps_location": given["keeps_location"],
            "shows_names": given["shows_names"],
            # Of an album that is no gallery at the moment the permission stays as it is.
            "lookalike": given.get("lookalike", self.link.lookalike if self.link else False),
        }


class LinkPasswordForm(forms.Form):
    """The password of a share link."""

    password = password_field(
        _("Password"),
        focus=True,
        max_length=MAX_PASSWORD_LENGTH,
        error_messages={"required": _("Enter the password that came with the link.")},
    )
