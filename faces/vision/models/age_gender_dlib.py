"""Age and gender by two networks of dlib-models, where that of face-api is not to be had.

Their errors are larger: see `AGE_ERRORS`. They see the same crop, made smaller.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from albums.imaging.sessions import ModelSession
from faces.vision.models.age_gender import FALLBACK, MEAN, Estimates

AGE_SIDE, GENDER_SIDE = 64, 32

AGES = np.array([0.25, *range(1, 81)], np.float32)
"""The age in years of each class, by the models' own manifest."""


@dataclass(frozen=True, slots=True)
class DlibAgeGender:
    """The two networks over open model sessions.

    Parameters
    ----------
    age_session : ModelSession
        Input (n, 3, 64, 64) float32 RGB minus `MEAN`, divided by 256; output (n, 81) probabilities of `AGES`.
    gender_session : ModelSession
        The same input of 32 pixels; output (n, 2) probabilities of female and male.
    """

    age_session: ModelSession
    gender_session: ModelSession
    name: str = FALLBACK

    def estimate(self, crops: NDArray[np.uint8], /) -> Estimates:
        """Return the estimates for crops (n, 112, 112, 3) uint8 RGB, as `AgeGender` does."""
        if len(crops) == 0:
            return Estimates(np.zeros(0, np.float32), np.zeros(0, np.float32))
        (ages,) = self.age_session.run(_input(crops, AGE_SIDE))
        (genders,) = self.gender_session.run(_input(crops, GENDER_SIDE))
        years, male = (ages @ AGES).reshape(2, -1).mean(axis=0), genders[:, 1].reshape(2, -1).mean(axis=0)
        return Estimates(np.asarray(years, np.float32), np.asarray(np.clip(male, 0, 1), np.float32))


def _input(crops: NDArray[np.uint8], side: int) -> NDArray[np.float32]:
    """Return the crops and their mirror images as the networks take them: (2 n, 3, side, side)."""
    small = np.stack([cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA) for crop in crops])
    both = np.concatenate([small, small[:, :, ::-1]])
    centred = (both.astype(np.float32) - np.array(MEAN, np.float32)) / np.float32(256)
    return np.ascontiguousarray(centred.transpose(0, 3, 1, 2))
