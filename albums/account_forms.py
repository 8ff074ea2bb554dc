"""Forms of accounts."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm, UsernameField
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from albums.error_messages import wait_message
from albums.exceptions import TooManyAttempts
from albums.http.client_address import client_address
from albums.models import Preferences
from albums.services.accounts.accounts import account_signing_in, password_is_right
from albums.validators import validate_plain_text

if TYPE_CHECKING:
    NewUserForm = BaseUserCreationForm[User]
    UserForm = forms.ModelForm[User]
else:
    # Generic for the type checker only.
    NewUserForm = BaseUserCreationForm
    UserForm = forms.ModelForm


def password_field(
    label: str | StrPromise, *, new: bool = False, focus: bool = False, **options: Any
) -> forms.CharField:
    """Return a field for an existing or a `new` password, with the hint that password managers read."""
    attrs = {"autocomplete": "new-password" if new else "current-password"}
    if focus:
        attrs["autofocus"] = "autofocus"
    return forms.CharField(label=label, strip=False, widget=forms.PasswordInput(attrs=attrs), **options)


class SignInForm(AuthenticationForm):
    """Name and password; retry_after: seconds to wait after too many wrong ones."""

    retry_after: int | None = None

    error_messages = {
        "invalid_login": _("Wrong name or password. Names and passwords are case-sensitive."),
        "inactive": _("This account is disabled. Contact the administrator."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Name")

    def clean(self) -> dict[str, Any]:
        """Sign in, or refuse: in the same words for a wrong name and a wrong password."""
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username is None or not password:
            return self.cleaned_data
        address = client_address(self.request) if self.request else ""
        try:
            user = account_signing_in(username=username, password=password, address=address)
        except TooManyAttempts as error:
            self.retry_after = error.seconds
            raise too_many_attempts(error) from error
        if user is None:
            raise self.get_invalid_login_error()
        self.user_cache = user
        return self.cleaned_data


class AccountNameField(UsernameField):
    """The name of an account, which has something to see."""

    default_validators = [validate_plain_text]


class FirstAccountForm(NewUserForm):
    """The first account: a name, and a password twice."""

    class Meta:
        model = User
        fields = ("username",)
        field_classes = {"username": AccountNameField}
        labels = {"username": _("Name")}
        help_texts = {"username": _("Letters, numbers and @ . + - _")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("Password")
        self.fields["password2"].label = _("Confirm password")
        self.fields["password2"].help_text = ""


class AccountForm(FirstAccountForm):
    """Change name and password. An account with a password needs it: an open session is not enough.

    address: the client's, to count attempts. retry_after: seconds to wait after too many wrong ones.
    """

    retry_after: int | None = None
    current_password = password_field(_("Current password"))
    field_order = ("username", "current_password", "password1", "password2")

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = address
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("Confirm new password")
        if not self.instance.has_usable_password():
            del self.fields["current_password"]

    def clean_current_password(self) -> str:
        """Refuse a wrong password."""
        return checked_password(self, self.cleaned_data["current_password"], self.instance, self.address)


class AccountNameForm(UserForm):
    """The name of an account."""

    class Meta(FirstAccountForm.Meta):
        pass


class PasswordForm(AccountForm):
    """A new password, with the current one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["username"]


class PasswordCheckForm(forms.Form):
    """Confirm the password before something that cannot be undone.

    address: the client's, to count attempts. retry_after: seconds to wait after too many wrong ones.
    """

    retry_after: int | None = None
    password = password_field(_("Your password"))

    def __init__(self, *args: Any, user: User, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.address = user, address
        if not user.has_usable_password():
            # An account that is opened by a sign-in link confirms its name instead.
            self.fields["password"] = forms.CharField(
                label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "off"})
            )

    def clean_password(self) -> str:
        """Refuse a wrong password or name."""
        given: str = self.cleaned_data["password"]
        if self.user.has_usable_password():
            return checked_password(self, given, self.user, self.address)
        if given != self.user.get_username():
            raise forms.ValidationError(_("This is not the name of this account."), code="wrong_name")
        return given


class PreferencesForm(forms.Form):
    """Language and theme."""

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("Same as browser")), *settings.LANGUAGES],
        widget=forms.RadioSelect,
    )
    theme = forms.ChoiceField(label=_("Colours"), choices=Preferences.Theme.choices, widget=forms.RadioSelect)


def too_many_attempts(error: TooManyAttempts) -> forms.ValidationError:
    """Return the error of a form whose password is not checked now."""
    return forms.ValidationError(wait_message(error.seconds), code="too_many_attempts")


def checked_password(form: Any, given: str, user: User, address: str) -> str:
    """Return the password if it is the account's; `form` gets the time to wait. Raises ValidationError."""
    try:
        right = password_is_right(user=user, password=given, address=address)
    except TooManyAttempts as error:
        form.retry_after = error.seconds
        raise too_many_attempts(error) from error
    if not right:
        raise forms.ValidationError(_("The current password is wrong."), code="wrong_password")
    return given
