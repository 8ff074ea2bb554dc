"""Adapters of django-allauth, which does the second step of a sign-in, passkeys and providers."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from albums.http.public_address import public_address

# Messages that tell people only what they have just done.
SILENT = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # untyped
    """Accounts are created by administrators, and nothing is sent by mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: there is no page on which strangers create an account."""
        del request
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Show a message, unless it says that somebody has signed in or out."""
        if not SILENT.intersection({*map(str, args), str(kwargs.get("message_template"))}):
            super().add_message(*args, **kwargs)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # untyped
    """Secrets are stored encrypted, and passkeys have names that people understand."""

    def encrypt(self, text: str) -> str:
        """Encrypt with a key that is derived from the secret key: a dump of the database has no secrets."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt what `encrypt` returned."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's signature
        """Return a first name for a passkey; its owner may change it."""
        number = self._count(user, type) + 1
        return _("My passkey") if number == 1 else _("My passkey %(number)d") % {"number": number}

    def _count(self, user: Any, kind: Any) -> int:
        return int(user.authenticator_set.filter(type=kind).count())


def _cipher() -> Fernet:
    key = salted_hmac("albums.second_step", settings.SECRET_KEY, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))


class HouseholdProvider(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # untyped
    """The provider, which sends browsers back to the address that is registered there."""

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Return the address to come back to, at TROMBINE_PUBLIC_URL: a request may have come by another."""
        del app
        return public_address(request, reverse("openid_connect_callback", args=[self.provider_id]))


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # untyped
    """Accounts of the household's sign-in provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Return whether people whom only the provider knows get an account."""
        del request, sociallogin
        return bool(settings.OIDC_SIGN_UP)

    def get_provider(self, *args: Any, **kwargs: Any) -> Any:
        """Return a provider, which makes its addresses as `HouseholdProvider` does."""
        provider = super().get_provider(*args, **kwargs)
        provider.oauth2_adapter_class = HouseholdProvider
        return provider
