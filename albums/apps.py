"""The albums app."""

from django.apps import AppConfig


class AlbumsConfig(AppConfig):
    """Photos, their renditions, and the albums that hold them."""

    name = "albums"
    verbose_name = "Albums"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Only here may an import stand inside a function: receivers and checks need loaded models.
        from albums import checks, receivers

        checks.register_checks()
        receivers.connect_receivers()
