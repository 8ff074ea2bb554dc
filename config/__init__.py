"""The Django project: settings, URLs, Celery and local services.

The Celery application is loaded with Django, for `shared_task`.
"""

from config.celery import app as celery_app

__all__ = ["celery_app"]
