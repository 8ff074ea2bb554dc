"""Scans as tests make them, and what they found."""

import numpy as np

from albums.models import Image
from faces.models import FaceEmbedding, FaceScan
from faces.services.detecting.scans import (
    scans_claim,
    scans_open,
    scans_run,
)
from tests.faces import coloured
from tests.faces.coloured import seeded

PENDING, DONE, FAILED = FaceScan.State.PENDING, FaceScan.State.DONE, FaceScan.State.FAILED


def look_at(*images: Image) -> list[int]:
    """Open, claim and run."""
    return scans_run(scans_claim(scans_open([image.pk for image in images])))


def look_again(*images: Image) -> None:
    FaceScan.objects.filter(image__in=images).update(state=PENDING)
    look_at(*images)


def scan_of(image: Image) -> FaceScan:
    return FaceScan.objects.get(image=image)


def colours_of(image: Image) -> list[str]:
    """Return the people of the faces of an image, by their vectors."""
    names = []
    for embedding in FaceEmbedding.objects.filter(face__image=image).order_by("face_id"):
        vector = np.asarray(embedding.vector, dtype=np.float32)
        names.append(max(coloured.COLOURS, key=lambda name: float(vector @ seeded(name))))
    return sorted(names)
