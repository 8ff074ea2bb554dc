"""From photos to faces: detect, cut out, judge, embed; the embedding over all photos of a batch at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from faces.vision.alignment import portrait_crop
from faces.vision.boxes.duplicates import echoes
from faces.vision.boxes.manual import detection_at
from faces.vision.quality import Quality, quality_of
from faces.vision.types import Box, Detection, Detector, Embedder, Pixels

PORTRAIT_SIDE = 256


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A face with all that is kept of it.

    box: relative (0..1) to the upright photo. landmarks: (5, 2) relative to it.
    score: of the detector, 0..1. vector: (dimensions,) float32 of length 1.
    clarity: 0..1, how much of a face the embedder saw.
    portrait: a square RGB picture of the face for the pages.
    """

    box: Box
    landmarks: NDArray[np.float32]
    score: float
    quality: Quality
    vector: NDArray[np.float32]
    clarity: float
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
        made = self._embed([face.crop for faces in seen for face in faces])
        return [
            self._once(
                [
                    self._found(face, vector, float(clarity))
                    for face, (vector, clarity) in zip(faces, islice(made, len(faces)), strict=True)
                ]
            )
            for faces in seen
        ]

    def _once(self, faces: list[FoundFace]) -> list[FoundFace]:
        """Without those that are another one again. They come best first."""
        again = echoes(
            [face.box for face in faces],
            [face.vector for face in faces],
            range(len(faces)),
            embedder=self.embedder.name,
        )
        return [face for index, face in enumerate(faces) if index not in again]

    def face_at(self, picture: Pixels, box: Box) -> FoundFace:
        """The face in a box that somebody drew, relative (0..1) to the picture.

        With a score of 0 the detector saw none there: box and landmarks are then as drawn and as usual.
        """
        height, width = picture.shape[:2]
        detection = detection_at(picture, box.scaled(width, height), detector=self.detector)
        seen = self._seen(picture, detection)
        vector, clarity = next(self._embed([seen.crop]))
        return self._found(seen, vector, float(clarity))

    def _look_at(self, picture: Pixels) -> list[_Seen]:
        return [self._seen(picture, detection) for detection in self.detector.detect(picture)]

    def _seen(self, picture: Pixels, detection: Detection) -> _Seen:
        height, width = picture.shape[:2]
        return _Seen(
            detection=detection,
            crop=self.embedder.crop(picture, detection),
            portrait=portrait_crop(picture, detection.box, side=PORTRAIT_SIDE),
            width=width,
            height=height,
        )

    def _embed(self, crops: Sequence[Pixels]) -> Iterator[tuple[NDArray[np.float32], np.float32]]:
        return zip(*self.embedder.embed(np.stack(crops)), strict=True) if crops else iter(())

    @staticmethod
    def _found(face: _Seen, vector: NDArray[np.float32], clarity: float) -> FoundFace:
        across, down = 1 / face.width, 1 / face.height
        return FoundFace(
            box=face.detection.box.scaled(across, down),
            landmarks=np.asarray(face.detection.landmarks * [across, down], dtype=np.float32),
            score=face.detection.score,
            quality=quality_of(face.detection, face.crop),
            vector=vector,
            clarity=clarity,
            portrait=face.portrait,
        )
