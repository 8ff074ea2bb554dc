"""The address of the pages in links for users: behind a proxy not the one that the server listens on."""

from django.conf import settings

from config.local_services.listening import LOOPBACK_NAMES

UNKNOWN = "https://YOUR-PROXY"
"""In place of an address that is not set."""


def public_url(local: str) -> str:
    """Return the address for users; `local` is where the server listens.

    With TROMBINE_HTTPS the server itself only redirects to https, which a proxy in front of it answers.
    """
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    if not settings.HTTPS:
        return local
    names = [name for name in settings.ALLOWED_HOSTS if name not in LOOPBACK_NAMES and name[0] not in "*."]
    return f"https://{names[0]}" if names else UNKNOWN


def proxy_hint(local: str, public: str) -> str:
    """Return a line about the proxy, empty without one."""
    if public == local:
        return ""
    passes = f"The proxy must pass requests on to {local}, with the path unchanged."
    if public == UNKNOWN:
        return f"{passes} Set TROMBINE_PUBLIC_URL to its address, so that links can be opened."
    return passes
