"""The albums app."""

from django.apps import AppConfig


class AlbumsConfig(AppConfig):
    """Photos, their renditions, and the albums that hold them."""

    name = "albums"
    verbose_name = "Albums"

    def ready(self) -> None:
        """Connect what needs loaded models."""
        from albums import checks, observability, receivers  # noqa: PLC0415 - they import models, which are loaded by now

        checks.register_checks()
        receivers.connect_receivers()
        observability.register()
