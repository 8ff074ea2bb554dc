"""The work in the background: Celery, its queues, its limits and its clock."""

from datetime import timedelta
from typing import Any

from config import env
from config.local_services import locations

CELERY_BROKER_URL = (
    f"redis+socket://{locations.broker_socket(env.data_dir())}?virtual_host=0"
    if (_broker := env.broker_url()) is None
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
