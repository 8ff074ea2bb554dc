"""The values that flow through the vision code, and the protocols behind which models can be exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""An upright RGB picture: (height, width, 3), 0..255."""

Vectors = NDArray[np.float32]
"""Embeddings: (n, dimensions), each row of length 1."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: left, top, width, height. The owner of a box documents its coordinate frame."""

    x: float
    y: float
    w: float
    h: float

    @property
    def area(self) -> float:
        """The area, in squares of the frame's unit."""
        return self.w * self.h

    @property
    def longer_side(self) -> float:
        """The width or the height, whichever is more."""
        return max(self.w, self.h)

    @property
    def centre(self) -> tuple[float, float]:
        """The centre: x, y."""
        return self.x + self.w / 2, self.y + self.h / 2

    def scaled(self, across: float, down: float) -> Box:
        """Return the rectangle in a frame that is `across` times as wide and `down` times as high."""
        return Box(self.x * across, self.y * down, self.w * across, self.h * down)

    def shared_area(self, other: Box) -> float:
        """Return the area in common with another box of the same frame, in squares of its unit."""
        width = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        height = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        return max(width, 0.0) * max(height, 0.0)

    def iou(self, other: Box) -> float:
        """Return the intersection over union with another box of the same frame, 0..1."""
        shared = self.shared_area(other)
        return shared / (self.area + other.area - shared) if shared else 0.0


@dataclass(frozen=True, slots=True)
class Detection:
    """A detected face.

    box: in pixels of the picture that the detector got.
    landmarks: (5, 2) float32, pixels of the same picture: left eye, right eye, nose, left and right corner
        of the mouth, as seen by the viewer.
    score: the detector's confidence, 0..1.
    """

    box: Box
    landmarks: NDArray[np.float32]
    score: float


class Detector(Protocol):
    """Finds faces."""

    name: str

    def detect(self, picture: Pixels, /) -> list[Detection]:
        """Return the faces of an upright RGB picture of any size, best first."""
        ...


class Embedded(NamedTuple):
    """The embeddings of n faces.

    vectors : (n, dimensions) float32, each of length 1.
    clarity : (n,) float32, 0..1: the length of the network's raw output, divided by that of clear faces. The
        output is the shorter the less a crop shows (a blur, the back of a head), and all such vectors are
        near each other, whoever the person is.
    """

    vectors: Vectors
    clarity: NDArray[np.float32]

    @classmethod
    def empty(cls, dimensions: int) -> Embedded:
        """Return the embeddings of no face."""
        return cls(np.zeros((0, dimensions), np.float32), np.zeros(0, np.float32))


class Network(Protocol):
    """Turns faces into vectors that are near each other when the person is the same."""

    name: str
    dimensions: int

    def crop(self, picture: Pixels, detection: Detection, /) -> Pixels:
        """Return the aligned face: (side, side, 3) RGB."""
        ...

    def embed(self, crops: NDArray[np.uint8], /) -> Embedded:
        """Return the embeddings of crops (n, side, side, 3)."""
        ...


FaceCrops = tuple[Pixels, ...]
"""A face as each network of an embedder sees it."""


class Embedder(Protocol):
    """One network, or several whose vectors are joined."""

    name: str
    dimensions: int

    def crop(self, picture: Pixels, detection: Detection, /) -> FaceCrops:
        """Return the aligned face, once for each network."""
        ...

    def embed(self, faces: Sequence[FaceCrops], /) -> Embedded:
        """Return the embeddings of faces, given by their crops."""
        ...
