"""LFW's faces with other crops than the product's: not levelled, without the mirror image, DeepFace's own."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from pathlib import Path
from typing import Any

import cv2
import harness
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm
from verification_sets import PairSet, Vectors, picture_of

DEEPFACE = "DeepFace.represent"
ONCE, TILTED = "facenet128 without mirror", "facenet128 not levelled"


def vectors_by_variant(pairs: PairSet, models_dir: Path) -> dict[str, Vectors]:
    """Return unit vectors of FaceNet by way of cropping, then by file."""
    from faces.vision.weights.files import installed_path

    with tempfile.TemporaryDirectory(prefix="trombine-deepface-") as home:
        os.environ["DEEPFACE_HOME"] = home
        weights = {
            "facenet_weights.onnx": installed_path("facenet128", models_dir),
            "face_detection_yunet_2023mar.onnx": installed_path("yunet", models_dir),
        }
        harness.deepface_home(Path(home), weights)
        return {**_own_crops(pairs, models_dir), DEEPFACE: _deepface(pairs)}


def _own_crops(pairs: PairSet, models_dir: Path) -> dict[str, Vectors]:
    # Imported late, here and below: it reads DEEPFACE_HOME.
    from deepface import DeepFace

    from faces.conf import FaceSettings
    from faces.runtime import open_detector, open_embedder
    from faces.vision.models.facenet import normalise, standardise
    from faces.vision.models.retinaface_mobilenet import LONG_SIDE

    settings = FaceSettings("retinaface_mobilenet", "facenet128", LONG_SIDE, models_dir)
    detector, embedder = open_detector(settings), open_embedder(settings)
    # The network that the embedder has opened.
    forward = DeepFace.build_model("Facenet").forward
    ways: dict[str, Vectors] = {ONCE: {}, TILTED: {}}
    for file in tqdm(pairs.files, desc="variants", unit=" pictures", leave=False, disable=None):
        picture = picture_of(pairs, file)
        if not (found := detector.detect(picture)):
            continue
        centres = np.array([face.box.centre for face in found])
        face = found[_nearest_centre(centres, picture)]
        once = forward(standardise(embedder.crop(picture, face)[0][None]))
        ways[ONCE][file] = normalise(np.asarray(once, dtype=np.float32).reshape(1, -1))[0]
        tilted = embedder.crop(picture, _with_level_eyes(face))
        ways[TILTED][file] = embedder.embed([tilted]).vectors[0]
    return ways


def _deepface(pairs: PairSet) -> Vectors:
    """Return vectors by DeepFace.represent; a picture without a face is embedded whole."""
    from deepface import DeepFace

    vectors: Vectors = {}
    for file in tqdm(pairs.files, desc="DeepFace", unit=" pictures", leave=False, disable=None):
        found = DeepFace.represent(
            str(pairs.folder / file),
            model_name="Facenet",
            detector_backend="yunet",
            enforce_detection=False,
        )
        areas = [face["facial_area"] for face in found]
        centres = np.array([(area["x"] + area["w"] / 2, area["y"] + area["h"] / 2) for area in areas])
        nearest = _nearest_centre(centres, cv2.imread(str(pairs.folder / file)))
        vector = np.asarray(found[nearest]["embedding"], dtype=np.float32).ravel()
        vectors[file] = vector / np.linalg.norm(vector)
    return vectors


def _nearest_centre(centres: NDArray[np.float64], picture: NDArray[np.uint8]) -> int:
    """Return the index of the point (n, 2) nearest the centre of the picture."""
    height, width = picture.shape[:2]
    return int(np.argmin(np.hypot(centres[:, 0] - width / 2, centres[:, 1] - height / 2)))


def _with_level_eyes(face: Any) -> Any:
    """Return the detection with level eyes, so that its crop is not rotated."""
    points = face.landmarks.copy()
    points[0], points[1] = (0, 0), (1, 0)
    return dataclasses.replace(face, landmarks=points)
