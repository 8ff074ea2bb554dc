"""Age and gender of a face: the small Xception of face-api.

Estimates for people to read, never for grouping. They are as good as their training data: worse for old
people, for the gender of children, and for groups of people that the data has few of.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from albums.imaging.sessions import ModelSession
from faces.vision.alignment import warp
from faces.vision.types import Pixels
from faces.vision.weights.age_gender_check import NAME, SIDE

MEAN = (122.782, 117.001, 104.298)
"""The mean colour of the training pictures, RGB 0..255, by face-api."""

EYES_TO_MOUTH = 0.45
"""The mean distance from an eye to the mouth, as a share of the crop's side."""

CENTRE = (0.5, 0.43)
"""The place of the middle of eyes and mouth in the crop, as shares of its side."""

LEAST_DISTANCE = 1.0
"""Pixels from the eyes to the mouth below which landmarks are of no face."""


FALLBACK = "age_gender_dlib"
"""The name of the estimates by the two networks of `age_gender_dlib`."""

AGE_ERRORS = {
    NAME: (
        (3, -1, 4),
        (11, -4, 3),
        (19, -7, 7),
        (26, -7, 6),
        (35, -9, 10),
        (45, -9, 9),
        (55, -13, 12),
        (65, -12, 13),
        (76, -4, 12),
    ),
    FALLBACK: (
        (4, -1, 4),
        (16, -10, 3),
        (24, -8, 9),
        (31, -10, 35),
        (40, -8, 25),
        (49, -9, 24),
        (70, -6, 15),
    ),
}
"""By model: estimated age, and the 10th and 90th percentile of the error near it (true minus estimated age).

In years. Measured by `benchmarks/attributes.py` on 434 labelled faces in bands of the estimate, and rounded
outwards: the true age of 86 % of them (fallback: 83 %) is in the range. Of faces that were not measured it is
79 % (77 %), without the rounding.
"""


ADULT = 18
"""Estimated age from which the gender is shown: 97 % of labelled children up to 15 are estimated younger."""

GENDER_FROM = 0.7
"""Least probability of a gender that is shown: below it, every third one is wrong."""


class Estimates(NamedTuple):
    """The estimates for n faces.

    ages : (n,) float32, years, 0 or more.
    male : (n,) float32, probability of male, 0..1.
    """

    ages: NDArray[np.float32]
    male: NDArray[np.float32]


class AgeGenderModel(Protocol):
    """Estimates age and gender."""

    @property
    def name(self) -> str:
        """The name of the estimates, by which their errors are known."""
        ...

    def estimate(self, crops: NDArray[np.uint8], /) -> Estimates:
        """Return the estimates for crops (n, 112, 112, 3) uint8 RGB."""
        ...


@dataclass(frozen=True, slots=True)
class AgeGender:
    """The network over an open model session.

    Parameters
    ----------
    session : ModelSession
        Input (n, 3, 112, 112) float32 RGB minus `MEAN`, divided by 255; outputs (n, 1) age in years and
        (n, 2) probabilities of male and female.
    """

    session: ModelSession
    name: str = NAME

    def estimate(self, crops: NDArray[np.uint8], /) -> Estimates:
        """Return the estimates for crops (n, 112, 112, 3) uint8 RGB: the mean of each and its mirror image.

        Raises ModelFailed for crops of another shape.
        """
        if len(crops) == 0:
            return Estimates(np.zeros(0, np.float32), np.zeros(0, np.float32))
        both = np.concatenate([crops, crops[:, :, ::-1]])
        centred = (both.astype(np.float32) - np.array(MEAN, np.float32)) / np.float32(255)
        ages, genders = self.session.run(np.ascontiguousarray(centred.transpose(0, 3, 1, 2)))
        ages, male = ages[:, 0].reshape(2, -1).mean(axis=0), genders[:, 0].reshape(2, -1).mean(axis=0)
        return Estimates(
            np.asarray(np.maximum(ages, 0), np.float32), np.asarray(np.clip(male, 0, 1), np.float32)
        )


def age_range(age: float, *, model: str = NAME) -> tuple[int, int]:
    """Return the lowest and the highest whole age that are likely (80 %) for an estimated one, in years."""
    ages, low, high = zip(*AGE_ERRORS[model], strict=True)
    lowest, highest = age + np.interp(age, ages, low), age + np.interp(age, ages, high)
    return max(0, round(float(lowest))), round(float(highest))


def age_gender_crop(picture: Pixels, landmarks: NDArray[np.float32]) -> Pixels:
    """Return the face as the network sees it: (112, 112, 3) RGB; outside the picture its edge repeats.

    landmarks: (5, 2), pixels of `picture`: left eye, right eye, nose, left and right corner of the mouth.
    """
    points = np.asarray(landmarks, dtype=np.float64)
    eyes, mouth = points[:2], points[3:5].mean(axis=0)
    distance = max(float(np.linalg.norm(eyes - mouth, axis=1).mean()), LEAST_DISTANCE)
    scale = SIDE * EYES_TO_MOUTH / distance
    middle = (eyes[0] + eyes[1] + mouth) / 3
    offset = SIDE * np.array(CENTRE) - scale * middle
    matrix = np.array([[scale, 0, offset[0]], [0, scale, offset[1]]])
    return warp(picture, matrix, width=SIDE, height=SIDE)
