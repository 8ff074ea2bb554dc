"""Training, split by person, and its measures and pictures."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray

from faces.vision.verifier import training
from faces.vision.verifier.charts import histogram_svg, roc_svg
from faces.vision.verifier.head import HeadSettings
from faces.vision.verifier.measures import measures_of
from faces.vision.verifier.splits import pairs_sampled, people_split
from faces.vision.verifier.training import Trained, train

PEOPLE, EACH = 12, 4


@pytest.fixture
def people() -> NDArray[np.int64]:
    return np.repeat(np.arange(PEOPLE), EACH)


@pytest.fixture
def trained(people: NDArray[np.int64], monkeypatch: pytest.MonkeyPatch) -> Trained:
    monkeypatch.setattr(training, "GRID", (HeadSettings(), HeadSettings(0.5), HeadSettings(0.5, True, 0.1)))
    return train(vectors_of(people), people, seed=2)


def vectors_of(people: NDArray[np.int64]) -> NDArray[np.float32]:
    """Vectors in which half of the numbers say nothing."""
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(PEOPLE, 16))[people]
    vectors += np.where(np.arange(16) < 8, 1.5, 0.3) * rng.normal(size=vectors.shape)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize("seed", range(3))
def test_no_person_is_in_two_parts(people: NDArray[np.int64], seed: int) -> None:
    split = people_split(people, seed=seed)
    parts = [set(people[part].tolist()) for part in (split.train, split.validation, split.test)]
    assert [len(part) for part in parts] == [7, 2, 3]
    assert set.union(*parts) == set(range(PEOPLE))
    again = people_split(people, seed=seed)
    assert np.array_equal(split.test, again.test)


def test_all_pairs_of_one_person_are_trained_on(people: NDArray[np.int64]) -> None:
    first, second = pairs_sampled(np.arange(len(people)), people, seed=0)
    same = people[first] == people[second]
    assert same.sum() == PEOPLE * EACH * (EACH - 1) // 2
    assert (~same).sum() == 5 * same.sum()


def test_the_best_by_the_people_to_choose_by_is_tested_on_others(trained: Trained) -> None:
    losses = [trial.loss for trial in trained.trials]
    assert trained.settings == trained.trials[losses.index(min(losses))].settings
    assert trained.people == (7, 2, 3)
    assert trained.verifier.pairs_same == 3 * 6
    assert trained.verifier.pairs_different == 3 * 16
    assert trained.verifier.auc > trained.distance.auc
    assert trained.distance.threshold is not None
    assert 0 < trained.distance.threshold < 1


def test_training_again_gives_the_same(trained: Trained, people: NDArray[np.int64]) -> None:
    again = train(vectors_of(people), people, seed=2)
    assert again.verifier == trained.verifier
    assert np.array_equal(again.head.weights, trained.head.weights)


def test_both_kinds_of_pairs_weigh_the_same() -> None:
    same = np.array([True, True, False, False, False, False])
    measures = measures_of(np.array([2.0, -1.0, -3.0, -3.0, -3.0, 1.0]), same)
    assert (measures.false_non_matches, measures.false_matches) == (0.5, 0.25)
    assert measures.accuracy == 1 - 0.375
    assert measures.auc == pytest.approx(7 / 8)
    assert (measures.roc[0], measures.roc[-1]) == ((0.0, 0.0), (1.0, 1.0))
    assert sum(measures.same) == pytest.approx(1)
    assert sum(measures.different) == pytest.approx(1)


def test_the_pictures_are_well_formed_and_stay_inside(trained: Trained) -> None:
    for picture in (
        roc_svg(trained.verifier, trained.distance, names=("class", "facenet_sface256")),
        histogram_svg(trained.verifier),
    ):
        root = ET.fromstring(picture)
        points = " ".join(one.attrib["points"] for one in root.iter() if "points" in one.attrib).split()
        places = np.array([[float(part) for part in point.split(",")] for point in points])
        assert (places >= 47).all()
        assert (places <= [433, 313]).all()
