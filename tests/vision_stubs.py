"""A detector and an embedder that find what a test says, behind the same seams as the real ones."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faces.vision.boxes.turned import CUTOUT_SIDE
from faces.vision.pipeline import FacePipeline
from faces.vision.types import Box, Detection, Embedded, FaceCrops, Pixels

MODEL = "facenet_sface256"
DIMENSIONS = 256


def unit(*values: float) -> NDArray[np.float32]:
    """A vector of length 1 that begins in the direction of `values`."""
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    vector[: len(values)] = values
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def at_distance(distance: float, *, axis: int = 1) -> NDArray[np.float32]:
    """A vector at this cosine distance (0..2) from `unit(1)`, towards another axis."""
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    vector[0] = 1 - distance
    vector[axis] = np.sqrt(max(0.0, 1 - (1 - distance) ** 2))
    return vector


class StubDetector:
    """Finds faces at these boxes, relative to the picture: a list a picture, the last one for the rest."""

    name = "stub"

    def __init__(self, *pictures: Sequence[Box]) -> None:
        self.pictures = list(pictures)
        self.seen: list[tuple[int, ...]] = []

    def detect(self, picture: Pixels, /) -> list[Detection]:
        if picture.shape[:2] == (CUTOUT_SIDE, CUTOUT_SIDE):
            return []  # one face, looked at both ways round
        boxes = self.pictures[min(len(self.seen), len(self.pictures) - 1)]
        self.seen.append(picture.shape)
        height, width = picture.shape[:2]
        return [self._face(box.scaled(width, height)) for box in boxes]

    @staticmethod
    def _face(box: Box) -> Detection:
        places = np.array([(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)])
        return Detection(
            box, np.asarray(places * [box.w, box.h] + [box.x, box.y], dtype=np.float32), score=0.9
        )


class StubEmbedder:
    """Gives the faces the vectors of its list, one after the other."""

    name = MODEL
    dimensions = DIMENSIONS

    def __init__(self, *vectors: NDArray[np.float32]) -> None:
        self.vectors = list(vectors)

    def crop(self, picture: Pixels, detection: Detection, /) -> FaceCrops:
        return (np.zeros((8, 8, 3), dtype=np.uint8),)

    def embed(self, faces: Sequence[FaceCrops], /) -> Embedded:
        taken, self.vectors = self.vectors[: len(faces)], self.vectors[len(faces) :]
        return Embedded(np.stack(taken), np.ones(len(taken), np.float32))


def stub_pipeline(pictures: Sequence[Sequence[Box]], vectors: Sequence[NDArray[np.float32]]) -> FacePipeline:
    """A pipeline that finds these boxes in the pictures, in turn, and these vectors in their faces."""
    return FacePipeline(StubDetector(*pictures), StubEmbedder(*vectors))
