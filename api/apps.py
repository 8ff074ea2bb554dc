"""Configuration of the app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The JSON API."""

    name = "api"
    default_auto_field = "django.db.models.BigAutoField"
