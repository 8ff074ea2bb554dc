"""The 468 landmarks of a face: where they are, whatever its place, size and turn."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from albums.imaging.sessions import open_session
from faces.vision.effects.mesh import LEAST_SCORE, OVAL, FaceMesh
from faces.vision.types import Box, Detection
from tests.faces.drawn_faces import EYES, SIDE, detection, drawn_face, place


@pytest.fixture(scope="module")
def mesh(install: Callable[..., Path]) -> FaceMesh:
    return FaceMesh(open_session(install("face_landmarks") / "face_landmarks.onnx"))


def test_the_points_of_a_face_are_where_it_is(mesh: FaceMesh) -> None:
    found = mesh.find(drawn_face(), detection())
    assert found.score > 0.99
    assert found.points.shape == (468, 3)
    assert np.abs(found.eyes - np.array([place(eye) for eye in EYES]) * SIDE).max() < 8
    assert abs(found.yaw) < 8
    middle = found.flat[list(OVAL)].mean(axis=0)
    assert np.abs(middle - SIDE / 2).max() < 25


def test_a_wrong_box_does_not_matter(mesh: FaceMesh) -> None:
    right = detection()
    wrong = Detection(Box(0, SIDE * 0.6, SIDE * 0.9, SIDE * 0.4), right.landmarks, right.score)
    picture = drawn_face()
    assert np.abs(mesh.find(picture, right).flat - mesh.find(picture, wrong).flat).max() < 1e-6


@pytest.mark.parametrize("angle", [25, -40])
def test_a_turned_picture_has_turned_points(mesh: FaceMesh, angle: float) -> None:
    matrix = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), angle, 1.0)
    turned = np.asarray(cv2.warpAffine(drawn_face(), matrix, (SIDE, SIDE)), dtype=np.uint8)
    five = detection().landmarks @ matrix[:, :2].T + matrix[:, 2]
    found = mesh.find(turned, Detection(detection().box, five.astype(np.float32), 1.0))
    expected = mesh.find(drawn_face(), detection()).flat @ matrix[:, :2].T + matrix[:, 2]
    assert np.abs(found.flat - expected).mean() < 4


def test_where_there_is_no_face_the_score_says_so(mesh: FaceMesh) -> None:
    nothing = np.full((SIDE, SIDE, 3), 90, dtype=np.uint8)
    assert mesh.find(nothing, detection()).score < LEAST_SCORE
