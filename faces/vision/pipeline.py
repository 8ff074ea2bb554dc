"""From photos to faces: detect, cut out, judge, embed; the embedding over all photos of a batch at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from faces.vision.alignment import portrait_crop
from faces.vision.quality import Quality, quality_of
from faces.vision.types import Box, Detection, Detector, Embedder, Pixels

PORTRAIT_SIDE = 256


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A face with all that is kept of it.

    box: relative (0..1) to the upright photo. landmarks: (5, 2) relative to it.
    score: of the detector, 0..1. vector: (dimensions,) float32 of length 1.
    portrait: a square RGB picture of the face for the pages.
    """

    box: Box
    landmarks: NDArray[np.float32]
    score: float
    quality: Quality
    vector: NDArray[np.float32]
    portrait: Pixels


@dataclass(frozen=True, slots=True)
class _Seen:
    detection: Detection
    crop: Pixels
    portrait: Pixels
    width: int
    height: int


class FacePipeline:
    """A detector and an embedder, over photos."""

    def __init__(self, detector: Detector, embedder: Embedder) -> None:
        self.detector = detector
        self.embedder = embedder

    def faces_in(self, pictures: Iterable[Pixels]) -> list[list[FoundFace]]:
        """The faces of each picture, best first.

        pictures: upright RGB; taken one after the other, so an iterator that decodes holds one at a time.
        """
        seen = [self._look_at(picture) for picture in pictures]
        vectors = self._embed([face.crop for faces in seen for face in faces])
        return [
            [
                self._found(face, vector)
                for face, vector in zip(faces, islice(vectors, len(faces)), strict=True)
            ]
            for faces in seen
        ]

    def _look_at(self, picture: Pixels) -> list[_Seen]:
        height, width = picture.shape[:2]
        return [
            _Seen(
                detection=detection,
                crop=self.embedder.crop(picture, detection),
                portrait=portrait_crop(picture, detection.box, side=PORTRAIT_SIDE),
                width=width,
                height=height,
            )
            for detection in self.detector.detect(picture)
        ]

    def _embed(self, crops: Sequence[Pixels]) -> Iterator[NDArray[np.float32]]:
        return iter(self.embedder.embed(np.stack(crops))) if crops else iter(())

    @staticmethod
    def _found(face: _Seen, vector: NDArray[np.float32]) -> FoundFace:
        across, down = 1 / face.width, 1 / face.height
        return FoundFace(
            box=face.detection.box.scaled(across, down),
            landmarks=np.asarray(face.detection.landmarks * [across, down], dtype=np.float32),
            score=face.detection.score,
            quality=quality_of(face.detection, face.crop),
            vector=vector,
            portrait=face.portrait,
        )
