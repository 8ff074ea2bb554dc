"""The Django project; loads the Celery application for `shared_task`."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
