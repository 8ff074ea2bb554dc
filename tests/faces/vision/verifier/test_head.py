"""The siamese head and its ONNX file."""

import numpy as np
import pytest
from numpy.typing import NDArray

from albums.imaging.sessions import open_session
from faces.vision.verifier.export import Verifier, head_to_onnx
from faces.vision.verifier.head import HeadSettings, head_fit, logistic_fit
from faces.vision.verifier.splits import pairs_all
from tests.faces.trained_verifiers import distance_head
from tests.vision_stubs import at_distance, unit


@pytest.fixture
def faces() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Ten people with six faces each; the first half of the numbers changes from face to face."""
    rng = np.random.default_rng(3)
    people = np.repeat(np.arange(10), 6)
    vectors = rng.normal(size=(10, 16))[people]
    vectors[:, :8] += 2.5 * rng.normal(size=(60, 8))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32), people


def test_without_training_the_head_is_the_cosine_distance() -> None:
    others = np.stack([at_distance(distance) for distance in (0.0, 0.4, 1.3)])
    first = np.repeat(unit(1)[None], 3, axis=0)
    assert distance_head().log_odds(first, others) == pytest.approx([5.0, 1.0, -8.0], abs=1e-4)


@pytest.mark.parametrize("given", [HeadSettings(), HeadSettings(0.6, True), HeadSettings(0.6, True, 0.01)])
def test_both_orders_of_a_pair_and_the_onnx_file_give_one_answer(
    faces: tuple[NDArray[np.float32], NDArray[np.int64]], given: HeadSettings
) -> None:
    vectors, people = faces
    known = np.arange(len(people))
    head = head_fit(vectors, people, known, pairs_all(known), given)
    first, second = vectors[:10], vectors[20:30]
    log_odds = head.log_odds(first, second)
    assert head.log_odds(second, first) == pytest.approx(log_odds)
    verifier = Verifier(open_session(head_to_onnx(head)))
    for one, other, odds in zip(first, second, log_odds, strict=True):
        assert verifier.probability(one, other) == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-4)


def test_the_branch_learns_what_differs_between_the_faces_of_one_person(
    faces: tuple[NDArray[np.float32], NDArray[np.int64]],
) -> None:
    vectors, people = faces
    known, unseen = np.flatnonzero(people < 6), np.flatnonzero(people >= 6)
    first, second = pairs_all(unseen)
    same = people[first] == people[second]
    gaps = []
    for settings in (HeadSettings(), HeadSettings(0.1)):
        head = head_fit(vectors, people, known, pairs_all(known), settings)
        cosine = (head.branch(vectors[first]) * head.branch(vectors[second])).sum(axis=1)
        gaps.append((cosine[same].mean() - cosine[~same].mean()) / cosine[~same].std())
    assert gaps[1] > 1.2 * gaps[0]


def test_weights_stay_near_their_start_as_far_as_leaving_costs() -> None:
    rng = np.random.default_rng(0)
    features, start = rng.normal(size=(200, 3)), np.array([1.0, 0.0, 0.0, 0.0])
    same = features[:, 1] > 0
    free, _ = logistic_fit(features, same, start=start, decay=0.001)
    held, _ = logistic_fit(features, same, start=start, decay=100.0)
    assert free[1] > 2
    assert held == pytest.approx(start[:3], abs=0.01)
