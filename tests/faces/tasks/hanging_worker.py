"""A real worker with a photo that never ends: a program of its own, for test_hard_time_limit.

Arguments: that photo's number, then those of all photos, which are enqueued as one task.
"""

import contextlib
import sys
import time

import django
from celery.concurrency.asynpool import AsynPool
from celery.exceptions import SoftTimeLimitExceeded

from config.celery import app

NEVER_ENDS, *IMAGES = map(int, sys.argv[1:])


def main() -> None:
    """Ask for the photos, and work until somebody ends it."""
    # Its own queues on the broker that all tests share.
    app.conf.broker_transport_options = {"global_keyprefix": f"hanging-{NEVER_ENDS}-{time.time()}:"}
    app.conf.task_annotations = {"faces.tasks.scan_images": {"time_limit": 1, "soft_time_limit": 0.5}}
    # A killed process is replaced at once, and not up to five seconds later.
    setattr(AsynPool, "timers", property(lambda pool: {pool.maintain_pool: 0.2}))  # noqa: B010 - read-only in its type
    django.setup()
    # Only now: they need the apps to be ready.
    from faces import tasks
    from faces.services.detecting.scans import scans_fail

    def look(image_ids: list[int]) -> list[int]:
        """In place of detectors. What was looked at is marked, so that the test sees it."""
        while NEVER_ENDS in image_ids:
            with contextlib.suppress(SoftTimeLimitExceeded):
                time.sleep(600)
        scans_fail(image_ids, reason="looked_at", detail="")
        return []

    vars(tasks)["scans_run"] = look
    tasks.scan_images.delay(IMAGES)
    app.worker_main(["worker", "-Q", "faces", "-c", "1", "-l", "INFO"])


if __name__ == "__main__":
    main()
