"""Age and gender: the crop, the mean with the mirror image, ranges, and labelled faces."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from albums.imaging.sessions import open_session
from faces.vision.models.age_gender import AGE_ERRORS, AgeGender, age_gender_crop, age_range
from faces.vision.models.retinaface_mobilenet import RetinaFaceMobileNet
from faces.vision.weights.age_gender_check import SIDE
from tests.faces.attributes import BrightnessSession

LABELLED = 60
"""Of the 434 faces; the benchmark measures all of them."""


@pytest.mark.parametrize("scale", [0.3, 1.0, 6.0])
def test_a_crop_puts_eyes_and_mouth_where_the_network_expects_them(scale: float) -> None:
    points = np.array([[60, 60], [100, 64], [80, 90], [66, 110], [96, 112]], np.float32) * scale + 40
    picture = np.zeros((900, 900, 3), np.uint8)
    radius = max(1, round(5 * scale))
    for x, y in points.astype(int):
        picture[y - radius : y + radius + 1, x - radius : x + radius + 1] = 255
    crop = age_gender_crop(picture, points)
    assert crop.shape == (SIDE, SIDE, 3)
    mouth = points[3:].mean(axis=0)
    distance = np.linalg.norm(points[:2] - mouth, axis=1).mean()
    middle = (points[0] + points[1] + mouth) / 3
    places = (points - middle) / distance * 0.45 * SIDE + [0.5 * SIDE, 0.43 * SIDE]
    assert all(crop[y, x].min() > 120 for x, y in places.round().astype(int))


def test_landmarks_in_one_point_still_give_a_crop() -> None:
    assert age_gender_crop(np.zeros((9, 9, 3), np.uint8), np.full((5, 2), 4, np.float32)).shape == (
        112,
        112,
        3,
    )


def test_no_faces_give_no_estimates() -> None:
    found = BrightnessSession().model.estimate(np.zeros((0, SIDE, SIDE, 3), np.uint8))
    assert len(found.ages) == len(found.male) == 0


def test_an_estimate_is_the_mean_with_the_mirror_image() -> None:
    class LeftHalf:
        """Answers with the brightness of the left half."""

        def run(self, *inputs: np.ndarray) -> list[np.ndarray]:
            half = (inputs[0][:, :, :, : SIDE // 2] * 255).mean(axis=(1, 2, 3))[:, None]
            return [half + 200, np.concatenate([half / 999 + 0.5, 0.5 - half / 999], axis=1)]

    model = AgeGender(LeftHalf())
    crops = np.zeros((2, SIDE, SIDE, 3), np.uint8)
    crops[0, :, : SIDE // 2] = 100
    crops[1, :, SIDE // 2 :] = 100
    found = model.estimate(crops)
    assert found.ages[0] == pytest.approx(found.ages[1])
    assert found.male[0] == pytest.approx(found.male[1])


def test_a_range_is_that_of_the_nearest_measured_ages() -> None:
    for age, low, high in AGE_ERRORS["age_gender"]:
        assert age_range(age) == (max(0, age + low), age + high)
    assert age_range(0)[0] == 0
    assert age_range(90) == (86, 102)


@pytest.mark.data
@pytest.mark.slow(6)
def test_labelled_faces_are_estimated_about_right(
    install: Callable[..., Path], models_dir: Path, lfw: Path
) -> None:
    folder = lfw.parent / "age_gender"
    model = AgeGender(open_session(install("age_gender") / "age_gender.onnx"))
    detector = RetinaFaceMobileNet(open_session(models_dir / "retinaface_mobilenet.onnx"))
    with (folder / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    crops, ages, males = [], [], []
    for row in rows[:: len(rows) // LABELLED]:
        picture = np.asarray(Image.open(folder / row["file"]).convert("RGB"))
        if found := detector.detect(picture):
            crops.append(age_gender_crop(picture, found[0].landmarks))
            ages.append(float(row["age"]))
            males.append(row["gender"] == "male")
    assert len(crops) > LABELLED / 2
    estimates = model.estimate(np.stack(crops))
    assert np.abs(estimates.ages - ages).mean() < 7
    assert ((estimates.male > 0.5) == males).mean() > 0.9
    inside = [
        low <= age <= high for age, (low, high) in zip(ages, map(age_range, estimates.ages), strict=True)
    ]
    assert np.mean(inside) > 0.7
