"""The fallback for age and gender: its classes, its mirror images, and labelled faces."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from albums.imaging.sessions import open_session
from faces.vision.models.age_gender import age_gender_crop, age_range
from faces.vision.models.age_gender_dlib import AGE_SIDE, AGES, GENDER_SIDE, DlibAgeGender
from faces.vision.models.retinaface_mobilenet import RetinaFaceMobileNet
from faces.vision.weights.age_gender_check import SIDE

LABELLED = 40


class Classes:
    """Answers with the same probabilities for every picture."""

    def __init__(self, probabilities: np.ndarray) -> None:
        self.probabilities = probabilities
        self.shape: tuple[int, ...] = ()

    def run(self, *inputs: np.ndarray) -> list[np.ndarray]:
        self.shape = inputs[0].shape
        return [np.tile(self.probabilities, (len(inputs[0]), 1))]


def test_the_age_is_the_mean_of_the_classes_and_the_second_gender_is_male() -> None:
    ages = np.zeros(81, np.float32)
    ages[[20, 40]] = 0.5
    age, gender = Classes(ages), Classes(np.array([0.2, 0.8], np.float32))
    found = DlibAgeGender(age, gender).estimate(np.zeros((3, SIDE, SIDE, 3), np.uint8))
    assert found.ages.tolist() == [30, 30, 30]
    assert found.male.tolist() == pytest.approx([0.8] * 3)
    # Each with its mirror image.
    assert age.shape == (6, 3, AGE_SIDE, AGE_SIDE)
    assert gender.shape == (6, 3, GENDER_SIDE, GENDER_SIDE)
    assert (len(AGES), AGES[0], AGES[80]) == (81, 0.25, 80)


def test_no_faces_give_no_estimates() -> None:
    none = Classes(np.zeros(81))
    assert len(DlibAgeGender(none, none).estimate(np.zeros((0, SIDE, SIDE, 3), np.uint8)).ages) == 0


def test_its_ranges_are_wider() -> None:
    low, high = age_range(40, model="age_gender_dlib")
    assert low < 40 < high
    assert high - low > age_range(40)[1] - age_range(40)[0]


@pytest.mark.data
@pytest.mark.slow(6)
def test_labelled_faces_are_estimated_about_right(
    install: Callable[..., Path], models_dir: Path, lfw: Path
) -> None:
    folder = lfw.parent / "age_gender"
    installed = install("age_dlib", "gender_dlib")
    age, gender = (open_session(installed / f"{name}_dlib.onnx") for name in ("age", "gender"))
    model = DlibAgeGender(age, gender)
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
    estimates = model.estimate(np.stack(crops))
    assert np.abs(estimates.ages - ages).mean() < 11
    assert ((estimates.male > 0.5) == males).mean() > 0.8
