"""What is typed about accounts in the administration."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password

GIGABYTE = 2**30


class NewAccountForm(forms.Form):
    """A name, and perhaps a password."""

    username = forms.CharField(label="Name", max_length=150, validators=[User.username_validator])
    password = forms.CharField(
        label="Password",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Leave empty to create a sign-in link; its owner then chooses a password.",
    )

    def clean_username(self) -> str:
        """Nobody has it, in capitals or not."""
        name: str = User.normalize_username(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError("An account with this name already exists.")
        return name

    def clean(self) -> dict[str, Any]:
        """A password that is given is a good one."""
        given = super().clean() or self.cleaned_data
        if password := given.get("password"):
            try:
                validate_password(password, User(username=given.get("username", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return given


class QuotaForm(forms.Form):
    """How much an account may keep."""

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
        """A limit of one's own has a number."""
        given = super().clean() or self.cleaned_data
        if given.get("kind") == "own" and not given.get("gigabytes") and "gigabytes" not in self.errors:
            self.add_error("gigabytes", "Enter a number greater than 0.")
        return given

    @staticmethod
    def most_bytes(given: Any) -> int | None:
        """What was chosen: None as everybody, 0 without a limit."""
        match given["kind"]:
            case "default":
                return None
            case "none":
                return 0
            case _:
                return max(1, int(given["gigabytes"] * GIGABYTE))


class NameAgainForm(forms.Form):
    """The name of what goes for good, typed."""

    name = forms.CharField(label="Enter the account name to confirm", max_length=150)
