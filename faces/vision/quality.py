"""How well a face can be recognised, from its pixels and its landmarks, and why it cannot.

Four things decide it, each measured 0..1: how many pixels it has, how sharp they are, how sure the detector
is, and how far it looks away. A face is as good as its worst part, so the quality is their product.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.vision.geometry import eye_angle
from faces.vision.types import Box, Detection, Pixels


class PoorReason(StrEnum):
    """Why a face is too poor to start a group. It can still be put with one."""

    NONE = ""
    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    TURNED_AWAY = "turned_away"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Quality:
    """size, sharpness, score and pose: each 0 (useless) to 1 (as good as it gets)."""

    size: float
    sharpness: float
    score: float
    pose: float

    @property
    def overall(self) -> float:
        """0..1: the product of the parts."""
        return self.size * self.sharpness * self.score * self.pose

    @property
    def poor_reason(self) -> PoorReason:
        """The first part that is below what is needed to start a group."""
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
"""Pixels of a face's shorter side from which more do not help FaceNet, whose input is 160."""

FULL_SHARPNESS = 6.0
"""The mean absolute Laplacian of a sharp face at `SHARPNESS_SIDE` pixels, in grey levels of 255."""

SHARPNESS_SIDE = 64
LEAST_SIZE = 0.25
LEAST_SCORE = 0.3
LEAST_POSE = 0.1
LEAST_SHARPNESS = 0.1
LEAST_OVERALL = 0.08
"""Blurred faces, and what is no face, are near each other whoever they are. Of the people in LFW's pictures
less than 2 in a hundred lie below this, of the blurred ones behind them two in three; without it hard albums
lose .01 of BCubed F1 to groups of strangers.
"""


def size_of(box: Box) -> float:
    """How many pixels a face has, from 0 (none) to 1 (80 or more on its shorter side)."""
    return min(1.0, min(box.w, box.h) / FULL_SIZE)


def sharpness_of(crop: Pixels) -> float:
    """How sharp a face is, 0..1, whatever its contrast: mean absolute Laplacian over the grey deviation.

    Measured on the crop shrunk to 64 pixels, where even a small face has its detail.
    """
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (SHARPNESS_SIDE, SHARPNESS_SIDE), interpolation=cv2.INTER_AREA).astype(
        np.float32
    )
    edges = np.abs(cv2.Laplacian(small, cv2.CV_32F)).mean()
    return float(min(1.0, edges / max(float(small.std()), 4.0) * 5.0 / FULL_SHARPNESS))


def pose_of(landmarks: NDArray[np.float32]) -> float:
    """How much a face looks at the camera, 0 (in profile or worse) to 1.

    On a face turned aside the nose comes near one eye and the eyes come near each other. Both are read off
    after the eyes have been turned level.
    """
    angle = np.radians(eye_angle(landmarks))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    points = landmarks.astype(float) @ turn.T
    left, right, nose = points[0], points[1], points[2]
    mouth = (points[3] + points[4]) / 2
    apart = right[0] - left[0]
    if apart <= 0:
        return 0.0
    # Where the nose is between the eyes: 0.5 in the middle, 0 or 1 below an eye.
    aside = abs((nose[0] - left[0]) / apart - 0.5) * 2
    # A face in full view is about as wide between the eyes as it is high from eyes to mouth.
    tall = float(mouth[1] - (left[1] + right[1]) / 2)
    if tall <= 0:
        return 0.0  # a mouth above the eyes: a fist, a sleeve, the back of a head
    narrow = min(1.0, apart / tall / 0.75)
    return float(max(0.0, 1.0 - aside**2) * narrow)


def quality_of(detection: Detection, crop: Pixels) -> Quality:
    """The quality of a face, from its detection and its embedder's crop."""
    return Quality(
        size=size_of(detection.box),
        sharpness=sharpness_of(crop),
        score=max(0.0, min(1.0, (detection.score - 0.4) / 0.6)),
        pose=pose_of(detection.landmarks),
    )
