"""Face quality, and the reasons against starting a group."""

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faces.vision.quality import PoorReason, Quality, pose_of, quality_of, sharpness_of, size_of
from faces.vision.types import Box, Detection, Pixels
from tests.faces.coloured import POINTS

FRONTAL = np.array([[0.3, 0.35], [0.7, 0.35], [0.5, 0.6], [0.33, 0.8], [0.67, 0.8]], dtype=np.float32) * 100


def seen_from(degrees: float) -> NDArray[np.float32]:
    """Landmarks of a head turned about its own axis: the nose stands out towards the camera."""
    angle = math.radians(degrees)
    points = FRONTAL.astype(float) - [50, 0]
    depth = np.array([0, 0, 30, 0, 0])
    points[:, 0] = points[:, 0] * math.cos(angle) + depth * math.sin(angle)
    return np.asarray(points + np.array([50, 0]), dtype=np.float32)


def rolled(points: NDArray[np.float32], degrees: float) -> NDArray[np.float32]:
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return np.asarray(points @ turn.T, dtype=np.float32)


def texture(seed: int = 0) -> Pixels:
    made = np.random.default_rng(seed).integers(0, 256, (20, 20, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(made, (160, 160), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def blurred(picture: Pixels, by: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), by), dtype=np.uint8)


def test_a_face_looking_at_the_camera_is_as_good_as_it_gets() -> None:
    assert pose_of(FRONTAL) == pytest.approx(1, abs=0.05)


def test_the_further_a_face_looks_away_the_less_it_is_worth_to_either_side() -> None:
    values = [pose_of(seen_from(degrees)) for degrees in range(0, 91, 10)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.9
    assert values[-1] < 0.05
    for degrees in (15, 40, 70):
        assert pose_of(seen_from(-degrees)) == pytest.approx(pose_of(seen_from(degrees)), abs=1e-4)


@pytest.mark.parametrize("degrees", range(-180, 181, 45))
def test_a_head_on_one_side_looks_at_the_camera_all_the_same(degrees: int) -> None:
    for away in (0, 30):
        face = seen_from(away)
        assert pose_of(rolled(face, degrees)) == pytest.approx(pose_of(face), abs=1e-3)


def test_pose_and_quality_stay_within_bounds_whatever_the_landmarks_are() -> None:
    rng = np.random.default_rng(0)
    odd = [np.zeros((5, 2)), np.ones((5, 2)) * 1e6, POINTS[::-1] * 100, FRONTAL * [1, -1]]
    for points in [*odd, *rng.uniform(-50, 150, (300, 5, 2))]:
        landmarks = np.asarray(points, dtype=np.float32)
        assert 0 <= pose_of(landmarks) <= 1
        quality = quality_of(Detection(Box(0, 0, 40, 50), landmarks, 0.8), texture())
        assert 0 <= quality.overall <= 1


def test_size_counts_up_to_what_the_embedder_can_use() -> None:
    assert size_of(Box(0, 0, 40, 60)) == 0.5
    assert size_of(Box(0, 0, 60, 40)) == 0.5
    assert size_of(Box(0, 0, 80, 90)) == size_of(Box(0, 0, 4000, 3000)) == 1


def test_the_more_a_face_is_blurred_the_less_sharp_it_is() -> None:
    picture = texture()
    values = [sharpness_of(blurred(picture, by)) for by in (0.1, 3, 5, 8)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 3 * values[-1]


def test_a_dim_face_is_as_sharp_as_a_bright_one() -> None:
    picture = texture()
    dim = np.asarray(40 + picture * 0.4, dtype=np.uint8)
    assert sharpness_of(dim) == pytest.approx(sharpness_of(picture), rel=0.1)


def test_the_grain_of_an_empty_wall_is_not_taken_for_sharpness() -> None:
    assert sharpness_of(np.full((160, 160, 3), 128, dtype=np.uint8)) == 0


@pytest.mark.parametrize(
    ("quality", "reason"),
    [
        (Quality(1, 1, 1, 1), PoorReason.NONE),
        (Quality(0.2, 1, 1, 1), PoorReason.TOO_SMALL),
        (Quality(1, 0.05, 1, 1), PoorReason.BLURRED),
        (Quality(1, 1, 0.2, 1), PoorReason.UNSURE),
        (Quality(1, 1, 1, 0.05), PoorReason.TURNED_AWAY),
        (Quality(0, 0, 0, 0), PoorReason.TOO_SMALL),
    ],
)
def test_a_poor_face_says_why(quality: Quality, reason: PoorReason) -> None:
    assert quality.poor_reason is reason
    assert bool(quality.poor_reason) is (reason is not PoorReason.NONE)


def test_a_face_is_worth_less_for_everything_that_is_wrong_with_it() -> None:
    good = quality_of(Detection(Box(0, 0, 100, 100), FRONTAL, 1.0), texture())
    assert good.poor_reason is PoorReason.NONE
    worse = [
        quality_of(Detection(Box(0, 0, 30, 40), FRONTAL, 1.0), texture()),
        quality_of(Detection(Box(0, 0, 100, 100), FRONTAL, 0.6), texture()),
        quality_of(Detection(Box(0, 0, 100, 100), seen_from(45), 1.0), texture()),
        quality_of(Detection(Box(0, 0, 100, 100), FRONTAL, 1.0), blurred(texture(), 6)),
    ]
    assert all(quality.overall < good.overall for quality in worse)


def test_a_face_at_the_detectors_threshold_is_too_unsure_to_start_a_group() -> None:
    face = Detection(Box(0, 0, 100, 100), FRONTAL, 0.51)
    assert quality_of(face, texture()).poor_reason is PoorReason.UNSURE
