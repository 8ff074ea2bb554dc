"""Limits of files, from the settings."""

from dataclasses import dataclass

from django.conf import settings

from albums.imaging import DEFAULT_LIMITS, Limits


def image_limits() -> Limits:
    """Return the limits of a picture; IMAGE_MAX_PIXELS and IMAGE_MAX_BYTES override the default."""
    return Limits(
        max_pixels=getattr(settings, "IMAGE_MAX_PIXELS", DEFAULT_LIMITS.max_pixels),
        max_bytes=getattr(settings, "IMAGE_MAX_BYTES", DEFAULT_LIMITS.max_bytes),
    )


STUDIO_MOST_PIXELS = 120_000_000
STUDIO_MOST_BYTES = 64 * 2**20


def studio_limits() -> Limits:
    """Return the limits of a picture that somebody sends to the studio: at most those of a photo.

    The web server holds such a file in memory, and may decode it during the request for a preview.
    """
    photo = image_limits()
    return Limits(
        max_pixels=min(STUDIO_MOST_PIXELS, photo.max_pixels),
        max_bytes=min(STUDIO_MOST_BYTES, photo.max_bytes),
    )


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """The limits of a zip: its size, its files, their size when unpacked, and the ratio of the two sizes."""

    most_bytes: int
    most_files: int
    most_unpacked_bytes: int
    most_ratio: int


def archive_limits() -> ArchiveLimits:
    """Return the limits of a zip."""
    return ArchiveLimits(
        most_bytes=settings.ZIP_MOST_MB * 2**20,
        most_files=settings.ZIP_MOST_FILES,
        most_unpacked_bytes=settings.ZIP_MOST_UNPACKED_MB * 2**20,
        most_ratio=settings.ZIP_MOST_RATIO,
    )
