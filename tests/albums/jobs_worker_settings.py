"""Settings of the worker of test_killed_worker: the test's media folder, and queues of its own."""

import os
from pathlib import Path

from config.settings.test import *  # noqa: F403 - as settings are

MEDIA_ROOT = Path(os.environ["JOBS_MEDIA"])
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"jobs-{MEDIA_ROOT}:", "visibility_timeout": 600}
