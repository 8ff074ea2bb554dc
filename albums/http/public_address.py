"""Addresses to hand on: of share links and sign-in links."""

from django.conf import settings
from django.http import HttpRequest


def public_address(request: HttpRequest, path: str) -> str:
    """Return the whole address of a path of this site: at TROMBINE_PUBLIC_URL, or as the request came."""
    public: str = settings.PUBLIC_URL
    if public:
        return public + path.removeprefix(settings.PATH_PREFIX)
    return request.build_absolute_uri(path)
