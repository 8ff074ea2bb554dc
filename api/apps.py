"""Configuration of the app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The JSON API."""

    name = "api"

    def ready(self) -> None:
        """Connect what needs loaded models."""
        from api import receivers  # noqa: PLC0415

        receivers.connect()
