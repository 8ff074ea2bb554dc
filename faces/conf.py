"""The settings of face recognition as a frozen object; all code reads them here."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """The settings. detection_side: pixels of a photo's long side for the detector."""

    detector: str
    embedder: str
    detection_side: int
    models_dir: Path


def face_settings() -> FaceSettings:
    """Return the current settings."""
    return FaceSettings(
        detector=settings.DETECTOR,
        embedder=settings.EMBEDDER,
        detection_side=settings.DETECTION_SIDE,
        models_dir=settings.MODELS_DIR,
    )
