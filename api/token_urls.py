"""Addresses of the page with one's tokens, below /settings/tokens/."""

from django.urls import URLPattern, URLResolver, path

from api.views import tokens

app_name = "tokens"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", tokens.tokens, name="tokens"),
    path("<int:pk>/revoke/", tokens.revoke, name="revoke"),
]
