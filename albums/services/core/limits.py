"""How large a file may be, as this installation has it."""

from dataclasses import dataclass

from django.conf import settings

from albums.imaging import DEFAULT_LIMITS, Limits


def image_limits() -> Limits:
    """From the settings IMAGE_MAX_PIXELS and IMAGE_MAX_BYTES, where they are given."""
    return Limits(
        max_pixels=getattr(settings, "IMAGE_MAX_PIXELS", DEFAULT_LIMITS.max_pixels),
        max_bytes=getattr(settings, "IMAGE_MAX_BYTES", DEFAULT_LIMITS.max_bytes),
    )


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What one account may have under way at once, and how large one piece of a file may be."""

    most_files: int
    most_bytes: int
    piece_bytes: int


def upload_limits() -> UploadLimits:
    """From the settings that begin with UPLOAD_."""
    return UploadLimits(
        most_files=settings.UPLOAD_MOST_FILES,
        most_bytes=settings.UPLOAD_MOST_MB * 2**20,
        piece_bytes=settings.UPLOAD_PIECE_BYTES,
    )


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What a zip may be: its own bytes, the files in it, their bytes together, and bytes out for one in."""

    most_bytes: int
    most_files: int
    most_unpacked_bytes: int
    most_ratio: int


def archive_limits() -> ArchiveLimits:
    """From the settings that begin with ZIP_."""
    return ArchiveLimits(
        most_bytes=settings.ZIP_MOST_MB * 2**20,
        most_files=settings.ZIP_MOST_FILES,
        most_unpacked_bytes=settings.ZIP_MOST_UNPACKED_MB * 2**20,
        most_ratio=settings.ZIP_MOST_RATIO,
    )
