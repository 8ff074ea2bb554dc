"""System checks of the data folder and the image decoders."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage
from PIL import Image, features

LEAST_FREE_BYTES = 500 * 2**20


def data_folder_check(**_kwargs: Any) -> Sequence[CheckMessage]:
    """Check that the data folder is writable and has free space."""
    folder = Path(settings.DATA_DIR)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        return [
            checks.Error(
                f"The data folder {settings.DATA_DIR} cannot be written to.",
                hint="Give this account the right to write there, or name another folder in TROMBINE_DATA.",
                id="albums.E001",
            )
        ]
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        return [
            checks.Warning(
                f"Only {free // 2**20} MB are free in the data folder {settings.DATA_DIR}.",
                hint="Make room, or name a folder on another disk in TROMBINE_DATA.",
                id="albums.W001",
            )
        ]
    return []


def decoders_check(**_kwargs: Any) -> Sequence[CheckMessage]:
    """Check that each supported format has its decoder."""
    Image.init()
    missing = [
        name for name in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF") if name not in Image.OPEN
    ]
    missing += [
        name.upper() for name in ("jpg", "zlib", "libtiff", "webp", "avif") if not features.check(name)
    ]
    if not missing:
        return []
    return [
        checks.Error(
            f"These picture formats cannot be read: {', '.join(missing)}.",
            hint="Install Pillow and pillow-heif from their wheels: pip install -r requirements.txt",
            id="albums.E002",
        )
    ]


def register_checks() -> None:
    """Register the checks; called from `AppConfig.ready`."""
    checks.register(data_folder_check, "albums")
    checks.register(decoders_check, "albums")
