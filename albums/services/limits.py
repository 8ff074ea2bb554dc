"""How large a file may be, as this installation has it."""

from django.conf import settings

from albums.imaging import DEFAULT_LIMITS, Limits


def image_limits() -> Limits:
    """From the settings IMAGE_MAX_PIXELS and IMAGE_MAX_BYTES, where they are given."""
    return Limits(
        max_pixels=getattr(settings, "IMAGE_MAX_PIXELS", DEFAULT_LIMITS.max_pixels),
        max_bytes=getattr(settings, "IMAGE_MAX_BYTES", DEFAULT_LIMITS.max_bytes),
    )
