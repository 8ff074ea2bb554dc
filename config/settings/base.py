"""Settings of all environments. `config.env` reads environment variables."""

import hashlib
import os
from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.local_services import locations
from config.settings.address import *
from config.settings.admin import *
from config.settings.api import *
from config.settings.celery import *
from config.settings.logs import *
from config.settings.sign_in import *

# Before any app is loaded: makes `ModelAdmin[Image]` and the like valid at runtime.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = env.data_dir()

INSTALLED_APPS = [
    # Before the admin, whose templates it overrides.
    "unfold.apps.BasicAppConfig",
    "config.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "albums",
    "faces",
    "api",
]

MIDDLEWARE = [
    "config.observability.middleware.RequestMiddleware",
    "albums.middleware.ResponseHeadersMiddleware",
    "albums.middleware.PathPrefixMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "albums.middleware.BodyLimitMiddleware",
    "albums.middleware.RequestLimitsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "albums.middleware.PictureMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "albums.middleware.AccountMiddleware",
    "albums.middleware.PreferencesMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "albums.middleware.RegionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "albums.middleware.SignInMiddleware",
    "albums.middleware.FirstAccountMiddleware",
    "albums.middleware.PicturesBusyMiddleware",
]

ROOT_URLCONF = "config.urls"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["albums.templatetags.addresses"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "albums.context_processors.appearance",
                "albums.context_processors.site",
                "albums.context_processors.photo_size",
                "albums.context_processors.uploads",
            ],
        },
    },
]

# --- database -------------------------------------------------------------------------------------------
DATABASES: dict[str, Any] = {
    "default": (
        dj_database_url.parse(_database, conn_max_age=60, conn_health_checks=True)
        if (_database := env.database_url())
        else {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": locations.DATABASE_NAME,
            "USER": locations.DATABASE_USER,
            "HOST": str(locations.socket_folder(DATA_DIR)),
            "PORT": str(locations.DATABASE_PORT),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # Keeps rows that violate a constraint out of the server's log.
            "OPTIONS": {"options": "-c log_error_verbosity=terse"},
        }
    )
}
if _database:
    # When the server vanishes from the network, requests fail after seconds and not minutes.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        **DATABASES["default"].get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- broker and cache -----------------------------------------------------------------------------------
_broker = env.broker_url()
_cache = env.url("CACHE_URL", schemes=("redis", "rediss", "unix", "valkey"))
if _cache is None:
    if _broker is None:
        _cache = f"unix://{locations.broker_socket(DATA_DIR)}?db=1"
    elif _broker.startswith(("redis://", "rediss://", "valkey://")):
        _cache = _broker
    else:
        raise ImproperlyConfigured(
            "CACHE_URL is unset, and BROKER_URL names a broker that cannot hold a cache. "
            "Legal values of CACHE_URL: an address that begins with redis://, rediss:// or unix://."
        )
CACHES = {
    "default": {
        "BACKEND": "config.cache.OptionalCache",
        "LOCATION": _cache.replace("valkey://", "redis://", 1),
        "KEY_PREFIX": "trombine-cache",
    }
}

# --- authentication --------------------------------------------------------------------------------------
LOGIN_URL = "albums:sign_in"
LOGIN_REDIRECT_URL = "albums:photos"
LOGOUT_REDIRECT_URL = "albums:sign_in"
# Cookies ignore ports: instances with different data folders must not sign each other out.
_folder = hashlib.sha256(str(DATA_DIR).encode()).hexdigest()[:8]
SESSION_COOKIE_NAME = f"trombine-session-{_folder}"
CSRF_COOKIE_NAME = f"trombine-csrf-{_folder}"
CSRF_FAILURE_VIEW = "api.errors.csrf_failure"
# Preferences of an account, so that pages need no query for them.
LANGUAGE_COOKIE_NAME = f"trombine-language-{_folder}"
THEME_COOKIE_NAME = f"trombine-theme-{_folder}"
# The size of photos in grids on this device; a script sets it.
ZOOM_COOKIE_NAME = f"trombine-zoom-{_folder}"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
# Validity of a one-time sign-in link.
PASSWORD_RESET_TIMEOUT = 24 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# --- language and time ----------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
FORMAT_MODULE_PATH = "config.formats"
# Of the times on pages, and of the clocks of photos that tell UTC alone.
TIME_ZONE = env.time_zone("TROMBINE_TIME_ZONE", "UTC")

# --- files ----------------------------------------------------------------------------------------------
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "config.disk_space.ReservingStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Megabytes that every writer leaves free on a disk.
RESERVE_MB = env.number("TROMBINE_RESERVE_MB", 512, minimum=0, maximum=10_000_000)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_NUMBER_FILES = 2000
# Days for which a deleted photo can be restored.
BIN_DAYS = env.number("TROMBINE_BIN_DAYS", 30, minimum=1, maximum=3650)
# A tile server for the map, as in https://tiles.example.org/{z}/{x}/{y}.png, and whose map it is.
MAP_TILES = env.tiles("TROMBINE_MAP_TILES")
MAP_ATTRIBUTION = env.text("TROMBINE_MAP_ATTRIBUTION")
# Folder of partial uploads, used by web server and workers.
UPLOAD_FOLDER = env.folder("TROMBINE_UPLOAD_FOLDER", DATA_DIR / "uploads")
UPLOAD_PIECE_BYTES = 8 * 2**20
# Limits of an account's unfinished uploads, and their expiry after the last chunk.
UPLOAD_MOST_FILES = env.number("TROMBINE_UPLOAD_FILES", 200, minimum=1, maximum=100_000)
UPLOAD_MOST_MB = env.number("TROMBINE_UPLOAD_MB", 20_480, minimum=1, maximum=10_000_000)
UPLOAD_DAYS = env.number("TROMBINE_UPLOAD_DAYS", 3, minimum=1, maximum=365)
# Default storage limit of an account; 0: unlimited.
QUOTA_MB = env.number("TROMBINE_QUOTA_MB", 0, minimum=0, maximum=1_000_000_000)
# The drawn examples of painter styles; they can be deleted at any time.
STYLE_EXAMPLES_DIR = DATA_DIR / "style-examples"
# Space for the jobs of an account in the studio, with their files.
STUDIO_MOST_MB = env.number("TROMBINE_STUDIO_MB", 2_048, minimum=1, maximum=10_000_000)
# Limits of a zip: its size, number of files, total unpacked size, and compression ratio.
ZIP_MOST_MB = env.number("TROMBINE_ZIP_MB", 8_192, minimum=1, maximum=1_000_000)
ZIP_MOST_FILES = env.number("TROMBINE_ZIP_FILES", 50_000, minimum=1, maximum=1_000_000)
ZIP_MOST_UNPACKED_MB = env.number("TROMBINE_ZIP_UNPACKED_MB", 51_200, minimum=1, maximum=10_000_000)
ZIP_MOST_RATIO = env.number("TROMBINE_ZIP_RATIO", 200, minimum=2, maximum=100_000)
# Pictures that the web server decodes at once, each in a process of its own.
PICTURES_AT_ONCE = env.number("TROMBINE_PICTURES_AT_ONCE", os.cpu_count() or 1, minimum=1, maximum=256)
# Of their sockets.
PICTURE_FOLDER = locations.socket_folder(DATA_DIR)
PICTURES_IN_PLACE = False
# Fetches pictures from links that users give: off, because the server then connects to foreign servers.
PICTURE_LINKS = env.flag("TROMBINE_PICTURE_LINKS")

# --- faces ----------------------------------------------------------------------------------------------
# Several data folders may share it, because weights are only read.
MODELS_DIR = env.folder("TROMBINE_MODELS_DIR", DATA_DIR / "models")
MODELS_SOURCE = env.folder("TROMBINE_MODELS_SOURCE")
DETECTOR = env.choice(
    "TROMBINE_DETECTOR",
    "retinaface_mobilenet",
    legal=("retinaface_mobilenet", "yunet", "viola_jones", "retinaface_resnet50"),
)
DETECTION_SIDE = env.number("TROMBINE_DETECTION_SIDE", 1280, minimum=160, maximum=4096)
EMBEDDER = env.choice(
    "TROMBINE_EMBEDDER", "facenet_sface256", legal=("facenet128", "sface128", "facenet_sface256")
)
# Seconds without a new face before faces are grouped again.
CLUSTER_DELAY = env.number("TROMBINE_CLUSTER_DELAY", 5.0, minimum=0.0, maximum=86400.0)
# deepface reads these at import.
os.environ["DEEPFACE_HOME"] = str(MODELS_DIR / "deepface")
os.environ["DEEPFACE_BACKEND_ENGINE"] = "onnx"

# --- this installation ----------------------------------------------------------------------------------
# On the pages and under the icon of the installed app.
SITE_NAME = env.text("TROMBINE_NAME") or "Trombine"
WORKERS = env.workers()
# Processes of the web server.
WEB_PROCESSES = env.web_processes()
# Connections of one address to a process of the web server; behind proxies: its requests at once.
CLIENT_CONNECTIONS = env.number("TROMBINE_CLIENT_CONNECTIONS", 200, minimum=10, maximum=100_000)
# Jobs of the studio that run at once; photos need a process, too.
STUDIO_AT_ONCE = env.number("TROMBINE_STUDIO_AT_ONCE", max(1, WORKERS - 1), minimum=1, maximum=256)
# Required on the sign-up page of the first account when other machines can reach the server.
SETUP_TOKEN = env.text("TROMBINE_SETUP_TOKEN")
HTTPS = env.flag("TROMBINE_HTTPS")
# Number of trusted proxies in front, which set X-Forwarded-For.
PROXIES = env.number("TROMBINE_PROXIES", 0, minimum=0, maximum=10)
# Required for /metrics if set; otherwise requests from this machine are allowed.
METRICS_TOKEN = env.text("TROMBINE_METRICS_TOKEN")
