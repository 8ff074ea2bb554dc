"""Settings of background tasks: broker, queues, limits and schedule."""

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
CELERY_TASK_DEFAULT_QUEUE = "ingest"
QUEUES = ("ingest", "faces", "cluster", "effects")
CELERY_TASK_ROUTES = {
    "albums.tasks.*": {"queue": "ingest"},
    "albums.job_tasks.run_*": {"queue": "effects"},
    "albums.job_tasks.*": {"queue": "ingest"},
    "albums.stack_tasks.*": {"queue": "ingest"},
    "faces.tasks.scan_*": {"queue": "faces"},
    "faces.tasks.resume_*": {"queue": "faces"},
    "faces.tasks.cluster_*": {"queue": "cluster"},
}
# Tasks are acknowledged when they finish, so that a killed worker loses none.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
# Longer than the hard time limit, or a slow task would be delivered twice.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {} if CELERY_BROKER_URL.startswith(("amqp", "pyamqp")) else {"visibility_timeout": 1200}
)
# Requests do not wait for an unavailable broker: the work is found in the database.
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_BROKER_TRANSPORT_OPTIONS |= CELERY_TASK_PUBLISH_RETRY_POLICY
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Kilobytes. A larger process is replaced after its task; the models with their arenas need much less.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 900_000
# At shutdown a worker finishes tasks for this long and requeues the others.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3.0


def _every(seconds: int, task: str) -> dict[str, Any]:
    """Return a schedule entry whose messages expire before the next one is sent."""
    return {"task": task, "schedule": timedelta(seconds=seconds), "options": {"expires": seconds * 0.95}}


# In memory: a file would end it on a full disk, and all tasks may run at any time.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "resume-reading": _every(60, "albums.tasks.resume_reading"),
    "resume-unpacking": _every(60, "albums.tasks.resume_unpacking"),
    "stack-photos": _every(60, "albums.stack_tasks.stack_photos"),
    "sweep-uploads": _every(3600, "albums.tasks.sweep_uploads"),
    "resume-scanning": _every(60, "faces.tasks.resume_scanning"),
    "sweep-erased": _every(30, "faces.tasks.cluster_sweep"),
    "expire-bin": _every(3600, "albums.tasks.expire_bin"),
    "forget-attempts": _every(3600, "albums.tasks.forget_attempts"),
    "resume-jobs": _every(60, "albums.job_tasks.resume_jobs"),
    "expire-jobs": _every(3600, "albums.job_tasks.expire_jobs"),
}
