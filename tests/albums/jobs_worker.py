"""A real worker with the kinds of job of the tests: a program of its own, for test_killed_worker."""

import django
from celery.concurrency.asynpool import AsynPool

from config.celery import app


def main() -> None:
    """Work on jobs until somebody ends it."""
    # A killed process is replaced at once, and not up to five seconds later.
    setattr(AsynPool, "timers", property(lambda pool: {pool.maintain_pool: 0.2}))  # noqa: B010 - read-only in its type
    django.setup()
    # Only now: they need the apps to be ready.
    from albums import extensions
    from tests.albums import jobs

    extensions.register(jobs.EXTENSION)
    app.worker_main(["worker", "-Q", "effects,ingest", "-c", "1", "-l", "INFO", "--without-mingle"])


if __name__ == "__main__":
    main()
