"""Forms of accounts in the administration."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password

from albums.account_forms import password_field
from albums.validators import validate_plain_text

GIGABYTE = 2**30


class NewAccountForm(forms.Form):
    """A name, and perhaps a password."""

    username = forms.CharField(
        label="Name", max_length=150, validators=[User.username_validator, validate_plain_text]
    )
    password = password_field(
        "Password",
        new=True,
        required=False,
        help_text="Leave empty to create a sign-in link; its owner then chooses a password.",
    )

    def clean_username(self) -> str:
        """Refuse a name in use, regardless of case."""
        name: str = User.normalize_username(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError("An account with this name already exists.")
        return name

    def clean(self) -> dict[str, Any]:
        """Validate a password."""
        given = super().clean() or self.cleaned_data
        if password := given.get("password"):
            try:
                validate_password(password, User(username=given.get("username", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return given


class QuotaForm(forms.Form):
    """The storage quota of an account."""

    kind = forms.ChoiceField(
        label="Quota",
        choices=[("default", "Default"), ("own", "Custom (in gigabytes)"), ("none", "Unlimited")],
        widget=forms.RadioSelect,
        initial="own",
    )
    gigabytes = forms.DecimalField(
        label="Gigabytes", required=False, min_value=0, max_digits=10, decimal_places=3
    )

    def clean(self) -> dict[str, Any]:
        """Require a number for an own limit."""
        given = super().clean() or self.cleaned_data
        if given.get("kind") == "own" and not given.get("gigabytes") and "gigabytes" not in self.errors:
            self.add_error("gigabytes", "Enter a number greater than 0.")
        return given

    @staticmethod
    def most_bytes(given: Any) -> int | None:
        """Return the limit in bytes: None for the default, 0 for none."""
        match given["kind"]:
            case "default":
                return None
            case "none":
                return 0
            case _:
                return max(1, int(given["gigabytes"] * GIGABYTE))


class NameAgainForm(forms.Form):
    """The name of an account, to confirm its deletion."""

    name = forms.CharField(label="Enter the account name to confirm", max_length=150)
