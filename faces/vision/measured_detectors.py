"""Figures of the detectors on labelled photos, as benchmarks/detection.py printed them.

250 news photos of FDDB with 472 labelled faces; a box counts from an intersection over union of 0.5. Faces in
the background may be unlabelled, so a false face may be a real one.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MeasuredDetector:
    """The figures of one detector.

    recall: share of the labelled faces that were found, 0..1. precision: share of the found boxes that are
    labelled faces, 0..1. milliseconds: processor time for a picture of 450 pixels, the median.
    """

    name: str
    recall: float
    precision: float
    milliseconds: float


MEASURED_DETECTORS = (
    MeasuredDetector("retinaface_mobilenet", 0.9364, 0.9002, 11.4),
    MeasuredDetector("yunet", 0.9449, 0.9571, 17.7),
    MeasuredDetector("viola_jones", 0.6737, 0.8238, 100.8),
)
