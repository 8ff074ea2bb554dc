"""Settings of django-allauth: two-step sign-in, passkeys, and a sign-in provider (OpenID Connect)."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config import env

# The sign-in page is Trombine's own (albums.views.accounts); allauth takes over after the password.
ACCOUNT_ADAPTER = "albums.sign_in_adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Attempts are counted in the database (albums.services.core.throttling), which needs no broker.
ACCOUNT_RATE_LIMITS = False
ACCOUNT_FORMS = {"reauthenticate": "albums.sign_in_forms.PasswordConfirmForm"}

MFA_ADAPTER = "albums.sign_in_adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Trombine"
# A code of the step before is accepted, too: clocks differ, and people type.
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = False
# Browsers offer passkeys over plain HTTP on this machine only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env.flag("TROMBINE_HTTPS")
MFA_FORMS = {
    "add_webauthn": "albums.sign_in_forms.PasskeyForm",
    "authenticate": "albums.sign_in_forms.CodeForm",
    "reauthenticate": "albums.sign_in_forms.CodeConfirmForm",
}

# --- the sign-in provider of a household -----------------------------------------------------------------
# The address of the provider, which has .well-known/openid-configuration below it.
OIDC_URL = env.text("TROMBINE_OIDC_URL")
OIDC_NAME = env.text("TROMBINE_OIDC_NAME") or "OpenID Connect"
# Creates an account for everyone whom the provider knows; otherwise accounts are connected in the settings.
OIDC_SIGN_UP = env.flag("TROMBINE_OIDC_SIGN_UP")
OIDC_ID = "household"
_client, _secret = env.text("TROMBINE_OIDC_CLIENT_ID"), env.text("TROMBINE_OIDC_SECRET")
if OIDC_URL and not (_client and _secret):
    raise ImproperlyConfigured(
        "TROMBINE_OIDC_URL is set, and TROMBINE_OIDC_CLIENT_ID or TROMBINE_OIDC_SECRET is not. The provider "
        "shows both where Trombine is registered there."
    )

SOCIALACCOUNT_ADAPTER = "albums.sign_in_adapters.ProviderAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
# A form that leads to another server is stopped by our Content-Security-Policy; the state parameter protects.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": OIDC_ID,
                "name": OIDC_NAME,
                "client_id": _client,
                "secret": _secret,
                "settings": {"server_url": OIDC_URL},
            }
        ]
        if OIDC_URL
        else [],
    }
}
