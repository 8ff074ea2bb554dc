"""URLs of the second step of a sign-in, passkeys and the sign-in provider, with django-allauth's names."""

from allauth.account import views as account_views
from django.urls import include, path, reverse_lazy
from django.views.generic import RedirectView

from albums.views.accounts import SignOut
from albums.views.sign_in_provider import provider_callback, provider_login

_to_sign_in = RedirectView.as_view(url=reverse_lazy("albums:sign_in"), query_string=True)

urlpatterns = [
    # Names that allauth's pages link to.
    path("security/sign-in/", _to_sign_in, name="account_login"),
    path("security/sign-up/", _to_sign_in, name="account_signup"),
    path("security/sign-out/", SignOut.as_view(), name="account_logout"),
    path("security/confirm/", account_views.reauthenticate, name="account_reauthenticate"),
    path("security/disabled/", account_views.account_inactive, name="account_inactive"),
    path("security/", include("allauth.mfa.urls")),
    path("security/provider/<str:provider_id>/login/", provider_login, name="openid_connect_login"),
    path(
        "security/provider/<str:provider_id>/login/callback/",
        provider_callback,
        name="openid_connect_callback",
    ),
    path("security/connections/", include("allauth.socialaccount.urls")),
]
