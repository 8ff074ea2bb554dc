"""The albums app."""

from django.apps import AppConfig


class AlbumsConfig(AppConfig):
    """Photos, their renditions, and the albums that hold them."""

    name = "albums"
    verbose_name = "Albums"

    def ready(self) -> None:
        """Connect what needs loaded models."""
        # They import models, which are loaded by now.
        from albums import checks, extension, extensions, observability, receivers  # noqa: PLC0415

        checks.register_checks()
        receivers.connect_receivers()
        extensions.register(extension.EXTENSION)
        observability.register()
