"""Cookies with the language and theme of an account."""

from django.conf import settings
from django.http import HttpResponse

from albums.models import Preferences


def preference_cookies_set(response: HttpResponse, preferences: Preferences) -> None:
    """Set the cookies on this device; without a language the browser's is used."""
    values = {
        settings.THEME_COOKIE_NAME: preferences.theme,
        settings.LANGUAGE_COOKIE_NAME: preferences.language,
    }
    for name, value in values.items():
        if value:
            response.set_cookie(
                name,
                value,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.CSRF_COOKIE_SECURE,
                httponly=True,
                path=settings.LANGUAGE_COOKIE_PATH,
                samesite="Lax",
            )
        else:
            response.delete_cookie(name, path=settings.LANGUAGE_COOKIE_PATH, samesite="Lax")
