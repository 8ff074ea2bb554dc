"""The app's registration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """HTTP as JSON."""

    name = "api"
    default_auto_field = "django.db.models.BigAutoField"
