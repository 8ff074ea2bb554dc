"""The outline of a head with its hair."""

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.vision.effects.framing import Portrait
from faces.vision.effects.mesh import CHIN, OVAL

SIDE = 192
"""Pixels of the picture in which the head is separated: enough for an outline, in some 60 ms."""
ROUNDS = 3
FARTHEST, STEP = 2.2, 0.02


def head_reach(portrait: Portrait) -> NDArray[np.float64]:
    """Return how far the head reaches in the direction of each of the oval's 36 points.

    (36,) float64, 1..2.2 times the distance of the oval's point from the oval's middle. The person is
    separated from the background by colours (Rother et al., "GrabCut", SIGGRAPH 2004), which also finds hair
    and ears; the values below the jaw follow clothes and mean nothing.
    """
    scale = SIDE / portrait.side
    points = portrait.points * scale
    small = cv2.resize(portrait.pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    person = _separated(small, points)
    oval = points[list(OVAL)]
    middle = oval.mean(axis=0)
    reach = np.arange(0, FARTHEST + STEP, STEP)
    places = np.round(middle + reach[:, None, None] * (oval - middle)).astype(int)
    within = ((places >= 0) & (places < SIDE)).all(axis=-1)
    clipped = places.clip(0, SIDE - 1)
    belongs = (within & person[clipped[..., 1], clipped[..., 0]]) | (reach < 1)[:, None]
    first_outside = np.where(belongs.all(axis=0), len(reach), np.argmin(belongs, axis=0))
    return np.asarray(np.maximum(reach[first_outside - 1], 1.0))


def _separated(small: NDArray[np.uint8], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return the pixels of the person: the oval certainly is, what is far from it certainly is not."""
    oval, middle = points[list(OVAL)], points[list(OVAL)].mean(axis=0)
    height = float(np.ptp(oval[:, 1]))
    mask = np.full((SIDE, SIDE), cv2.GC_BGD, dtype=np.uint8)

    def fill(factor: float, up: float, value: int) -> None:
        around = middle + (oval - middle) * factor - (0, up * height)
        cv2.fillPoly(mask, [np.round(around).astype(np.int32)], value)

    fill(2.3, 0.15, cv2.GC_PR_BGD)
    below = int(np.clip(points[CHIN, 1] + 0.1 * height, 0, SIDE))
    mask[below:][mask[below:] == cv2.GC_BGD] = cv2.GC_PR_BGD
    fill(1.45, 0.12, cv2.GC_PR_FGD)
    fill(0.98, 0.0, cv2.GC_FGD)
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    # The same picture must give the same outline; OpenCV draws its first clusters at random.
    cv2.setRNGSeed(0)
    cv2.grabCut(small, mask, None, background, foreground, ROUNDS, cv2.GC_INIT_WITH_MASK)
    person = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(person, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)) > 0)
