"""The app's registration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """HTTP as JSON."""

    name = "api"
