"""URLs of the API tokens page, below /settings/tokens/."""

from django.urls import path

from api.views import token_settings

app_name = "tokens"
urlpatterns = [
    path("", token_settings.tokens, name="tokens"),
    path("<int:pk>/revoke/", token_settings.revoke, name="revoke"),
]
