"""One picture through every detector: faces, scores and times."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import median

from faces.conf import FaceSettings
from faces.runtime import open_detector
from faces.vision.errors import ModelDamaged, ModelMissing, VisionError
from faces.vision.types import Detection, Detector, Pixels

DETECTORS = {
    "retinaface_mobilenet": "RetinaFace MobileNet-0.25",
    "yunet": "YuNet",
    "viola_jones": "Viola-Jones",
    "retinaface_resnet50": "RetinaFace ResNet-50",
}
"""All detectors, with their proper names, in the order of the page."""

SLOW_SECONDS = 0.5
"""A detector that is faster runs `RUNS` more times, and their median counts."""

RUNS = 3


class DetectorState(StrEnum):
    """The result of trying a detector."""

    DONE = "done"
    MISSING = "missing"
    DAMAGED = "damaged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DetectorRun:
    """One detector on one picture.

    faces: in pixels of the picture, best first. milliseconds: of one run on one thread, without loading.
    """

    name: str
    state: DetectorState
    faces: list[Detection] = field(default_factory=list)
    milliseconds: float = 0.0


def detectors_run(picture: Pixels, settings: FaceSettings) -> Iterator[DetectorRun]:
    """Run every detector on an upright RGB picture, one after the other.

    settings: only the folder of models and the size for the detector are used.
    """
    for name in DETECTORS:
        try:
            detector = open_detector(replace(settings, detector=name))
            yield _timed(detector, name, picture)
        except ModelMissing:
            yield DetectorRun(name, DetectorState.MISSING)
        except ModelDamaged:
            yield DetectorRun(name, DetectorState.DAMAGED)
        except VisionError:
            yield DetectorRun(name, DetectorState.FAILED)


def _timed(detector: Detector, name: str, picture: Pixels) -> DetectorRun:
    # The first run allocates memory: a fast detector is run again.
    runs = [_run(detector, picture)]
    if runs[0][1] < SLOW_SECONDS:
        runs = [_run(detector, picture) for _ in range(RUNS)]
    seconds = median(seconds for _faces, seconds in runs)
    return DetectorRun(name, DetectorState.DONE, runs[0][0], 1000 * seconds)


def _run(detector: Detector, picture: Pixels) -> tuple[list[Detection], float]:
    begun = time.perf_counter()
    return detector.detect(picture), time.perf_counter() - begun
