"""What every environment shares. Values from outside come through `config.env`."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from config import env, locations

# Before any app is loaded: `ModelAdmin[Image]` and the like mean something to the type checker alone.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = env.data_dir()
DEBUG = False

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "albums",
    "faces",
    "api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "albums.middleware.PreferencesMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "albums.middleware.HtmxSignInMiddleware",
    "albums.middleware.ContentSecurityPolicyMiddleware",
    "albums.middleware.FirstAccountMiddleware",
    "faces.middleware.RecognitionOffMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "albums.context_processors.appearance",
            ],
        },
    },
]

# --- database -------------------------------------------------------------------------------------------
DATABASES: dict[str, Any] = {
    "default": (
        dj_database_url.parse(given, conn_max_age=60, conn_health_checks=True)
        if (given := env.database_url())
        else {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": locations.DATABASE_NAME,
            "USER": locations.DATABASE_USER,
            "HOST": str(locations.socket_folder(DATA_DIR)),
            "PORT": str(locations.DATABASE_PORT),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    )
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
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _cache.replace("valkey://", "redis://", 1),
        "KEY_PREFIX": "trombine-cache",
    }
}

CELERY_BROKER_URL = (
    f"redis+socket://{locations.broker_socket(DATA_DIR)}?virtual_host=0"
    if _broker is None
    else _broker.replace("valkey://", "redis://", 1)
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_TASK_DEFAULT_QUEUE = "ingest"
QUEUES = ("ingest", "faces", "cluster", "effects")
CELERY_TASK_ROUTES = {
    "albums.tasks.*": {"queue": "ingest"},
    "faces.tasks.scan_*": {"queue": "faces"},
    "faces.tasks.resume_*": {"queue": "faces"},
    "faces.tasks.cluster_*": {"queue": "cluster"},
    "effects.tasks.*": {"queue": "effects"},
}
# A task is done when it has finished, not when it was taken: a killed worker loses nothing.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
# Longer than the hardest time limit, or a slow task would be handed out twice.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {} if CELERY_BROKER_URL.startswith(("amqp", "pyamqp")) else {"visibility_timeout": 1200}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Kilobytes. A process above it is replaced after its task: the models with their arenas stay well below.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 900_000
CELERY_WORKER_SEND_TASK_EVENTS = False
# Told to stop, a worker finishes what it can in this time and gives the rest back to the queue.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3.0
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "resume-reading": {
        "task": "albums.tasks.resume_reading",
        "schedule": timedelta(seconds=60),
        "options": {"expires": 55},
    },
    "resume-unpacking": {
        "task": "albums.tasks.resume_unpacking",
        "schedule": timedelta(seconds=60),
        "options": {"expires": 55},
    },
    "sweep-uploads": {
        "task": "albums.tasks.sweep_uploads",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    "resume-scanning": {
        "task": "faces.tasks.resume_scanning",
        "schedule": timedelta(seconds=60),
        "options": {"expires": 55},
    },
    "expire-bin": {
        "task": "albums.tasks.expire_bin",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
}

# --- people who sign in ---------------------------------------------------------------------------------
LOGIN_URL = "albums:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "albums:sign_in"
# Cookies ignore ports: two data folders side by side must not sign each other out.
_folder = hashlib.sha256(str(DATA_DIR).encode()).hexdigest()[:8]
SESSION_COOKIE_NAME = f"trombine-session-{_folder}"
CSRF_COOKIE_NAME = f"trombine-csrf-{_folder}"
# How an account wants its pages, so that no page has to ask the database for it.
LANGUAGE_COOKIE_NAME = f"trombine-language-{_folder}"
THEME_COOKIE_NAME = f"trombine-theme-{_folder}"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# A one-time sign-in link is good for a day.
PASSWORD_RESET_TIMEOUT = 24 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # The first one says how to sign in: a request without anything is 401, and names Bearer.
        "api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "api.permissions.TokenScopes",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.KindThrottle"],
    "DEFAULT_SCHEMA_CLASS": "api.schema.OperationSchema",
    "EXCEPTION_HANDLER": "api.exceptions.error_response",
    # Behind a proxy of one's own the last address in X-Forwarded-For is the client's.
    "NUM_PROXIES": env.integer("TROMBINE_PROXIES", 0, least=0, most=10),
}
# What one account, or the address of a visitor without one, may ask in a minute.
API_RATES = {
    kind: f"{env.integer(f'TROMBINE_API_{kind.upper()}', a_minute, least=1, most=1_000_000)}/min"
    for kind, a_minute in {"read": 1200, "write": 600, "upload": 2400, "faces": 120, "visitor": 120}.items()
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Trombine",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # Names for what generated clients make types of.
    "ENUM_NAME_OVERRIDES": {
        "AlbumRole": ["owner", "viewer", "editor"],
        "MemberRole": "albums.models.AlbumMember.Role",
        "ImageState": "albums.models.Image.State",
        "RunState": "faces.models.ClusteringRun.State",
        "ChangeKind": "faces.models.Change.Kind",
        "QuestionKind": "faces.services.review_candidates.Kind",
        "UploadStatus": "api.serializers.images.UPLOAD_STATUSES",
        "PersonRule": "faces.models.PersonAlbum.Rule",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- language and time ----------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# --- files ----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_NUMBER_FILES = 2000
# Days for which a photo that was thrown away can still be taken back.
BIN_DAYS = env.integer("TROMBINE_BIN_DAYS", 30, least=1, most=3650)
# Files that come in piece by piece lie here until they are whole; web server and workers both need it.
UPLOAD_FOLDER = env.folder("TROMBINE_UPLOAD_FOLDER", DATA_DIR / "uploads")
UPLOAD_PIECE_BYTES = 8 * 2**20
# What one account may have under way at once, and for how long without a new piece.
UPLOAD_MOST_FILES = env.integer("TROMBINE_UPLOAD_FILES", 200, least=1, most=100_000)
UPLOAD_MOST_MB = env.integer("TROMBINE_UPLOAD_MB", 20_480, least=1, most=10_000_000)
UPLOAD_DAYS = env.integer("TROMBINE_UPLOAD_DAYS", 3, least=1, most=365)
# Of one zip: its size, the files in it, their size together, and bytes out for one byte in.
ZIP_MOST_MB = env.integer("TROMBINE_ZIP_MB", 8_192, least=1, most=1_000_000)
ZIP_MOST_FILES = env.integer("TROMBINE_ZIP_FILES", 50_000, least=1, most=1_000_000)
ZIP_MOST_UNPACKED_MB = env.integer("TROMBINE_ZIP_UNPACKED_MB", 51_200, least=1, most=10_000_000)
ZIP_MOST_RATIO = env.integer("TROMBINE_ZIP_RATIO", 200, least=2, most=100_000)

# --- faces ----------------------------------------------------------------------------------------------
# May be shared by several data folders: weights are only read.
MODELS_DIR = env.folder("TROMBINE_MODELS_DIR", DATA_DIR / "models")
MODELS_SOURCE = env.folder("TROMBINE_MODELS_SOURCE")
DETECTOR = env.choice(
    "TROMBINE_DETECTOR",
    "retinaface_mobilenet",
    legal=("retinaface_mobilenet", "yunet", "viola_jones", "retinaface_resnet50"),
)
DETECTION_SIDE = env.integer("TROMBINE_DETECTION_SIDE", 1280, least=160, most=4096)
EMBEDDER = env.choice("TROMBINE_EMBEDDER", "facenet128", legal=("facenet128", "sface128"))
# Seconds without a new face before the people are grouped again.
CLUSTER_DELAY = env.decimal("TROMBINE_CLUSTER_DELAY", 5.0, least=0.0, most=86400.0)
# deepface reads these when it is imported.
os.environ["DEEPFACE_HOME"] = str(MODELS_DIR / "deepface")
os.environ["DEEPFACE_BACKEND_ENGINE"] = "onnx"

# --- this installation ----------------------------------------------------------------------------------
WORKERS = env.workers()
# Asked for on the first-account page when the server can be reached from other machines.
SETUP_TOKEN = env.text("TROMBINE_SETUP_TOKEN", "")
HTTPS = env.flag("TROMBINE_HTTPS")

# bin/manage chooses WARNING for commands that print a result.
_log_level = env.choice("TROMBINE_LOG_LEVEL", "INFO", legal=("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {name: {"level": _log_level} for name in ("albums", "faces", "api", "config")},
}
