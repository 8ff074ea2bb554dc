"""Context of every page."""

from django.conf import settings
from django.http import HttpRequest

from albums.models import Preferences

# The sizes of photos in grids; their rows are in static/css/rows.css.
ZOOMS = frozenset("12345")
DEFAULT_ZOOM = "3"


def appearance(request: HttpRequest) -> dict[str, str]:
    """`theme`: light, dark, or empty where the device decides. It is read from the cookie: no query."""
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return {"theme": theme if theme in {Preferences.Theme.LIGHT, Preferences.Theme.DARK} else ""}


def site(_request: HttpRequest) -> dict[str, str]:
    """`app_name`: the name of this installation; Django's sign-in page has another `site_name`."""
    return {"app_name": settings.SITE_NAME}


def photo_size(request: HttpRequest) -> dict[str, object]:
    """`zoom`: the size of photos in grids, from the cookie that the slider sets."""
    given = request.COOKIES.get(settings.ZOOM_COOKIE_NAME, "")
    cookie = {"name": settings.ZOOM_COOKIE_NAME, "path": settings.LANGUAGE_COOKIE_PATH}
    return {"zoom": given if given in ZOOMS else DEFAULT_ZOOM, "zoom_cookie": cookie}


def uploads(_request: HttpRequest) -> dict[str, int]:
    """`upload_piece_bytes`: the most that the uploads of a page send at once."""
    return {"upload_piece_bytes": settings.UPLOAD_PIECE_BYTES}
