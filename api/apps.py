"""Configuration of the app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The JSON API."""

    name = "api"
