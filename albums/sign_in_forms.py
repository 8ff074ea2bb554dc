"""Forms of the second step of a sign-in and of its confirmation, which count attempts."""

from typing import TYPE_CHECKING, Any

from allauth.account.forms import ReauthenticateForm
from allauth.core import context
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext as _

from albums.account_forms import checked_password, too_many_attempts
from albums.exceptions import TooManyAttempts
from albums.http.client_address import client_address
from albums.services.accounts.second_step import code_attempts

if TYPE_CHECKING:
    from django import forms

    _Form = forms.Form
else:
    _Form = object


class _CountedCode(_Form):
    """Counts the attempts at codes, at the second step of a sign-in and at its confirmation."""

    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autofocus": True, "placeholder": ""}

    def clean_code(self) -> str:
        """Refuse a wrong code, and any code while there were too many wrong ones."""
        attempts = code_attempts(user=self.user, address=client_address(context.request))
        try:
            attempts.count()
        except TooManyAttempts as error:
            raise too_many_attempts(error) from error
        code: str = super().clean_code()  # type: ignore[misc]  # of the form that it is mixed into
        attempts.forget()
        return code


class CodeForm(_CountedCode, mfa_forms.AuthenticateForm):  # type: ignore[misc]  # untyped
    """The code of an authenticator app, or a recovery code, as the second step of a sign-in."""


class CodeConfirmForm(_CountedCode, mfa_forms.ReauthenticateForm):  # type: ignore[misc]  # untyped
    """The same before security settings are changed."""


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # untyped
    """A new passkey, which signs in by itself unless its owner wants it as a second step only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Sign in with it alone, without a password")
        self.fields["passwordless"].help_text = ""


class PasswordConfirmForm(ReauthenticateForm):  # type: ignore[misc]  # untyped
    """The password before security settings are changed."""

    retry_after: int | None = None

    def clean_password(self) -> str:
        """Refuse a wrong password."""
        return checked_password(
            self, self.cleaned_data["password"], self.user, client_address(context.request)
        )
