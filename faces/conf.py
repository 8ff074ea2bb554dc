"""The settings of the face code, read at one door and handed on as a frozen object."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """detection_side: pixels of the long side at which a detector looks at a photo."""

    detector: str
    embedder: str
    detection_side: int
    models_dir: Path


def face_settings() -> FaceSettings:
    """What is configured now."""
    return FaceSettings(
        detector=settings.DETECTOR,
        embedder=settings.EMBEDDER,
        detection_side=settings.DETECTION_SIDE,
        models_dir=settings.MODELS_DIR,
    )
