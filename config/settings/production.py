"""Production settings."""

from whitenoise.compress import Compressor

from config import env
from config.secret_key import secret_key
from config.settings.base import *
from config.settings.base import DATA_DIR, HTTPS, PUBLIC_HOST, STORAGES

SECRET_KEY = env.text("TROMBINE_SECRET_KEY") or secret_key(DATA_DIR)
ALLOWED_HOSTS = [
    *env.listing("TROMBINE_ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]")),
    *([PUBLIC_HOST] if PUBLIC_HOST else []),
]

STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "config.static_files.HashedStaticFiles"},
}
# Only developer tools read source maps, and they are larger than all other files together.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SECURE = HTTPS
if HTTPS:
    # A proxy terminates https and sets the header.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # Health checks come without the proxy, and without its prefix.
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    # The other subdomains may not use https.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
