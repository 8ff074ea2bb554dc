"""How an account wants its pages: kept with the account, and as cookies on each of its devices."""

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpResponse

from albums.models import Preferences


def preferences_set(*, user: User, language: str, theme: str) -> Preferences:
    """Keep them. Raises ValidationError for a language or theme there is none of."""
    wanted = Preferences.objects.filter(user=user).first() or Preferences(user=user)
    wanted.language, wanted.theme = language, theme
    wanted.full_clean()
    wanted.save()
    return wanted


def preferences_remember(response: HttpResponse, wanted: Preferences) -> None:
    """Put them on this device. The language only when one was chosen; else the browser's stays in force."""
    names = {settings.THEME_COOKIE_NAME: wanted.theme, settings.LANGUAGE_COOKIE_NAME: wanted.language}
    for name, value in names.items():
        if value:
            response.set_cookie(
                name,
                value,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.CSRF_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        else:
            response.delete_cookie(name, samesite="Lax")
