"""Test settings, with a temporary data folder."""

import os
import secrets
import tempfile
from pathlib import Path

# A worker of pytest-xdist inherits the folder of the controlling process.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["TROMBINE_DATA"] = str(Path(tempfile.gettempdir()) / f"trombine-test-{secrets.token_hex(4)}")

# bin/test installs the models once, in the checkout.
os.environ.setdefault("TROMBINE_MODELS_DIR", str(Path(__file__).resolve().parents[2] / ".test-models"))

from config.settings.base import *
from config.settings.base import CACHES, DATA_DIR, DATABASES, LOGGING

SECRET_KEY = secrets.token_urlsafe(50)
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The models are replaced in the process of the test; tests of child processes set it.
PICTURES_IN_PLACE = True
CELERY_TASK_ALWAYS_EAGER = False
# Each worker has its own database and media folder.
MEDIA_ROOT = DATA_DIR / f"media-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
# And its own cache, as far as there are any: a test may empty it.
_number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 15
CACHES["default"]["LOCATION"] = CACHES["default"]["LOCATION"].replace("?db=1", f"?db={1 + _number}")
# Finds static files at each request, instead of listing all of them for every test client.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = DATA_DIR / "static"
DATABASES["default"]["CONN_MAX_AGE"] = 0
LOGGING["root"]["level"] = "ERROR"
