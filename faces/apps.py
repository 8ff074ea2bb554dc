"""The faces app, and what it connects when it is ready."""

from django.apps import AppConfig


class FacesConfig(AppConfig):
    """Faces, on top of albums."""

    name = "faces"

    def ready(self) -> None:
        """Listen to what happens to photos."""
        from albums import extensions  # noqa: PLC0415 - models are loaded only now
        from faces import checks, extension, observability, receivers  # noqa: PLC0415

        checks.register_checks()
        receivers.connect()
        extensions.register(extension.EXTENSION)
        observability.register()
