"""Face quality: how well a face can be recognised, from its pixels and landmarks.

Four parts decide, each 0..1: the number of pixels, their sharpness, the detector's score, and the pose. The
quality is their product, since a face is as good as its worst part.
"""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.vision.geometry import eye_angle
from faces.vision.types import Box, Detection, Pixels


class PoorReason(StrEnum):
    """The reason why a face is too poor to start a group; it can still join one."""

    NONE = ""
    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    TURNED_AWAY = "turned_away"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Quality:
    """The parts of a face's quality, each from 0 (useless) to 1 (best)."""

    size: float
    sharpness: float
    score: float
    pose: float

    @property
    def overall(self) -> float:
        """The product of the parts, 0..1."""
        return self.size * self.sharpness * self.score * self.pose

    @property
    def poor_reason(self) -> PoorReason:
        """The first part that is below its limit for starting a group."""
        if self.size < LEAST_SIZE:
            return PoorReason.TOO_SMALL
        if self.score < LEAST_SCORE:
            return PoorReason.UNSURE
        if self.pose < LEAST_POSE:
            return PoorReason.TURNED_AWAY
        if self.sharpness < LEAST_SHARPNESS:
            return PoorReason.BLURRED
        if self.overall < LEAST_OVERALL:
            parts = {
                PoorReason.TOO_SMALL: self.size,
                PoorReason.BLURRED: self.sharpness,
                PoorReason.UNSURE: self.score,
                PoorReason.TURNED_AWAY: self.pose,
            }
            return min(parts, key=lambda reason: parts[reason])
        return PoorReason.NONE


FULL_SIZE = 80.0
"""Pixels of a face's shorter side above which FaceNet, whose input is 160, gains nothing."""

FULL_SHARPNESS = 6.0
"""The mean absolute Laplacian of a sharp face at `SHARPNESS_SIDE` pixels, in grey levels of 255."""

SHARPNESS_SIDE = 64
LEAST_SIZE = 0.25
LEAST_SCORE = 0.3
LEAST_POSE = 0.1
LEAST_SHARPNESS = 0.1
LEAST_OVERALL = 0.08
"""Least quality for starting a group: the vectors of blurred faces are near each other, whoever they are.

Of the people in LFW's pictures less than 2 in 100 lie below this, of blurred faces in the background two in
three. Without it hard albums lose .01 of BCubed F1 to groups of strangers.
"""


def size_of(box: Box) -> float:
    """Return the size of a face from 0 (no pixel) to 1 (80 pixels or more on its shorter side)."""
    return min(1.0, min(box.w, box.h) / FULL_SIZE)


def sharpness_of(crop: Pixels) -> float:
    """Return the sharpness of a face, 0..1: mean absolute Laplacian over the deviation of its grey levels.

    Dividing makes it independent of contrast. Measured on the crop at 64 pixels, where small faces have
    detail.
    """
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (SHARPNESS_SIDE, SHARPNESS_SIDE), interpolation=cv2.INTER_AREA).astype(
        np.float32
    )
    edges = np.abs(cv2.Laplacian(small, cv2.CV_32F)).mean()
    return float(min(1.0, edges / max(float(small.std()), 4.0) * 5.0 / FULL_SHARPNESS))


def pose_of(landmarks: NDArray[np.float32]) -> float:
    """Return the pose of a face from 0 (profile or worse) to 1 (facing the camera).

    On a turned face the nose is near one eye and the eyes are near each other. Both are measured after the
    eyes have been rotated level.
    """
    angle = np.radians(eye_angle(landmarks))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    points = landmarks.astype(float) @ turn.T
    left, right, nose = points[0], points[1], points[2]
    mouth = (points[3] + points[4]) / 2
    apart = right[0] - left[0]
    if apart <= 0:
        return 0.0
    # Position of the nose between the eyes: 0.5 in the middle, 0 or 1 below an eye.
    aside = abs((nose[0] - left[0]) / apart - 0.5) * 2
    # On a frontal face the distance between the eyes is about that from eyes to mouth.
    tall = float(mouth[1] - (left[1] + right[1]) / 2)
    if tall <= 0:
        return 0.0  # a mouth above the eyes: a fist, a sleeve, the back of a head
    narrow = min(1.0, apart / tall / 0.75)
    return float(max(0.0, 1.0 - aside**2) * narrow)


def quality_of(detection: Detection, crop: Pixels) -> Quality:
    """Return the quality of a face from its detection and its embedder's crop."""
    return Quality(
        size=size_of(detection.box),
        sharpness=sharpness_of(crop),
        score=max(0.0, min(1.0, (detection.score - 0.4) / 0.6)),
        pose=pose_of(detection.landmarks),
    )
