"""Detect, crop, rate and embed the faces of photos; the embedding runs over all photos of a batch at once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from faces.vision.alignment import portrait_crop
from faces.vision.boxes.duplicates import duplicates
from faces.vision.boxes.manual import detection_at
from faces.vision.boxes.turned import detect_upright
from faces.vision.quality import Quality, quality_of
from faces.vision.types import Box, Detection, Detector, Embedder, FaceCrops, Pixels

PORTRAIT_SIDE = 256


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A detected face with all that is stored of it.

    box: relative (0..1) to the photo. landmarks: (5, 2), relative to it too; in a photo on its side the eyes
        are beside the mouth.
    score: of the detector, 0..1. vector: (dimensions,) float32 of length 1. clarity: see `Embedded`.
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
class _Crop:
    detection: Detection
    crops: FaceCrops
    portrait: Pixels
    width: int
    height: int


class FacePipeline:
    """A detector and an embedder, run over photos."""

    def __init__(self, detector: Detector, embedder: Embedder) -> None:
        self.detector = detector
        self.embedder = embedder

    def faces_in(self, pictures: Iterable[Pixels]) -> list[list[FoundFace]]:
        """Return the faces of each picture, best first.

        pictures: RGB, upright as far as their files tell; read one by one, so an iterator that decodes holds
            one picture at a time.
        """
        crops = [self._crops(picture) for picture in pictures]
        embedded = self._embed([face.crops for faces in crops for face in faces])
        return [
            self._without_duplicates(
                [
                    self._found(face, vector, float(clarity))
                    for face, (vector, clarity) in zip(faces, islice(embedded, len(faces)), strict=True)
                ]
            )
            for faces in crops
        ]

    def _without_duplicates(self, faces: list[FoundFace]) -> list[FoundFace]:
        """Leave out duplicates. The faces come best first."""
        again = duplicates(
            [face.box for face in faces],
            [face.vector for face in faces],
            range(len(faces)),
            embedder=self.embedder.name,
        )
        return [face for index, face in enumerate(faces) if index not in again]

    def face_at(self, picture: Pixels, box: Box) -> FoundFace:
        """Return the face in a box that a user drew, relative (0..1) to the picture.

        A score of 0 means that the detector found none: the box is as drawn, the landmarks are average.
        """
        height, width = picture.shape[:2]
        detection = detection_at(picture, box.scaled(width, height), detector=self.detector)
        crop = self._crop(picture, detection)
        vector, clarity = next(self._embed([crop.crops]))
        return self._found(crop, vector, float(clarity))

    def _crops(self, picture: Pixels) -> list[_Crop]:
        return [self._crop(picture, detection) for detection in detect_upright(self.detector, picture)]

    def _crop(self, picture: Pixels, detection: Detection) -> _Crop:
        height, width = picture.shape[:2]
        return _Crop(
            detection=detection,
            crops=self.embedder.crop(picture, detection),
            portrait=portrait_crop(picture, detection.box, side=PORTRAIT_SIDE),
            width=width,
            height=height,
        )

    def _embed(self, faces: Sequence[FaceCrops]) -> Iterator[tuple[NDArray[np.float32], np.float32]]:
        return zip(*self.embedder.embed(faces), strict=True) if faces else iter(())

    @staticmethod
    def _found(face: _Crop, vector: NDArray[np.float32], clarity: float) -> FoundFace:
        across, down = 1 / face.width, 1 / face.height
        return FoundFace(
            box=face.detection.box.scaled(across, down),
            landmarks=np.asarray(face.detection.landmarks * [across, down], dtype=np.float32),
            score=face.detection.score,
            quality=quality_of(face.detection, face.crops[0]),
            vector=vector,
            clarity=clarity,
            portrait=face.portrait,
        )
