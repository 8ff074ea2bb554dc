"""Context of every page."""

from django.conf import settings
from django.http import HttpRequest

from albums.models import Preferences


def appearance(request: HttpRequest) -> dict[str, str]:
    """`theme`: light, dark, or empty where the device decides. It is read from the cookie: no query."""
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return {"theme": theme if theme in {Preferences.Theme.LIGHT, Preferences.Theme.DARK} else ""}


def site(_request: HttpRequest) -> dict[str, str]:
    """`site_name`: the name of this installation."""
    return {"site_name": settings.SITE_NAME}


def uploads(_request: HttpRequest) -> dict[str, int]:
    """`upload_piece_bytes`: the most that the uploads of a page send at once."""
    return {"upload_piece_bytes": settings.UPLOAD_PIECE_BYTES}
