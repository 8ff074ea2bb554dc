"""Settings of the address at which browsers reach the server, behind a proxy or not."""

from urllib.parse import urlsplit

from config import env

# With a path, everything is below it: the proxy must pass the path on unchanged.
PUBLIC_URL = env.web_address("TROMBINE_PUBLIC_URL")
PATH_PREFIX = urlsplit(PUBLIC_URL).path
FORCE_SCRIPT_NAME = PATH_PREFIX or None
STATIC_URL = f"{PATH_PREFIX}/static/"
# WhiteNoise sees paths without the prefix.
WHITENOISE_STATIC_PREFIX = "/static/"
# Another program of the host does not get the cookies.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = f"{PATH_PREFIX}/"
PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname or ""
_origin = PUBLIC_URL.removesuffix(PATH_PREFIX)
CSRF_TRUSTED_ORIGINS = [*([_origin] if _origin else []), *env.origins("TROMBINE_TRUSTED_ORIGINS")]
